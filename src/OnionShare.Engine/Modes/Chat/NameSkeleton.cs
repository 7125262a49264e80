using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// What names that look alike have in common, after the idea of UTS #39 §4 (skeleton): compatibility forms resolved (NFKC), case folded,
/// invisible characters, spaces and punctuation left out, accents on Latin, Greek and Cyrillic letters taken off, and letters
/// and digits that look like a Latin letter replaced by it. It is stricter than the eye, and knows fewer characters than UTS #39's
/// data file: the alphabets people know (Latin with its extensions, Greek, Cyrillic, Armenian, Cherokee), not every script.
/// It serves to compare, never to show.
/// </summary>
internal static class NameSkeleton
{
    // A Latin letter, and what looks like it when case is folded.
    private static readonly FrozenDictionary<int, string> Lookalikes = Table(
        "a", "аαɑᴀꭺª@", "ae", "æӕ", "b", "вьъƀɓʙᏼβᏏ6", "c", "сϲᴄƈϹᏟ¢", "d", "ԁɗđɖᴅᏧժð", "e", "еєҽεɛəǝᴇᎬ℮эзƹ3€", "f", "ƒꜰғϝ", "g", "ɡɢԍցᏀց9",
        "h", "һнʜᏂհħђћ", "j", "јʝյᴊϳᎫ", "k", "кκᴋқҝƙᏦ", "l", "іιıɩӏ1|ӀɪᏞłյ׀ǀ", "m", "мᴍɱᎷ", "n", "пոռŋɴᴎиηƞɲ",
        "o", "оοσօ0øɵθᴏѳөჿ○", "p", "рρϸƿᴘᏢþ", "q", "ԛգզɋ", "r", "гᴦɾʀᏒяᴙ", "s", "ѕʂꜱᏚ5$", "t", "тτᴛŧƭᎢ7", "u", "υцսʋᴜ", "v", "ѵνᴠᏙ",
        "w", "ωшщѡԝɯᴡᏔ", "x", "хχҳ", "y", "уүγʏƴყ", "z", "ᴢʐƶᏃ2", "ss", "ß", "oe", "œɶ", "lo", "ю");

    private static readonly FrozenDictionary<string, string> Pairs = new Dictionary<string, string> { ["rn"] = "m", ["vv"] = "w", ["uu"] = "w" }
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The skeleton; empty when nothing of the text counts.</summary>
    public static string Of(string name)
    {
        var folded = Fold(name.Normalize(NormalizationForm.FormKC)).Normalize(NormalizationForm.FormKD);
        var skeleton = new StringBuilder(folded.Length);
        var baseLetter = default(Rune);
        foreach (var rune in folded.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            var isMark = category == UnicodeCategory.NonSpacingMark;
            if (!isMark) baseLetter = rune;
            if (isMark && ScriptOf(baseLetter) != Script.Other) continue;
            if (Lookalikes.TryGetValue(rune.Value, out var latin)) skeleton.Append(latin);
            else if (!IsInvisible(rune) && !IsLeftOut(category)) skeleton.Append(Fold(rune.ToString()));
        }

        skeleton.Replace('i', 'l');
        foreach (var (pair, single) in Pairs) skeleton.Replace(pair, single);
        return skeleton.ToString();
    }

    /// <summary>Whether a word of a name takes letters from more than one of the alphabets whose letters look alike.</summary>
    public static bool MixesLookalikeScripts(string name)
    {
        var ofWord = Script.Other;
        foreach (var rune in name.EnumerateRunes())
        {
            var isInWord = Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;
            if (!isInWord) ofWord = Script.Other;
            var script = Rune.IsLetter(rune) ? ScriptOf(rune) : Script.Other;
            if (script == Script.Other || script == ofWord) continue;
            if (ofWord != Script.Other) return true;
            ofWord = script;
        }

        return false;
    }

    /// <summary>Characters that leave no ink, and of which an unseen number fits between two letters (UAX #44: Default_Ignorable_Code_Point, and blanks).</summary>
    public static bool IsInvisible(Rune rune) => rune.Value switch
    {
        0xFFFC or >= 0x180B and <= 0x180F or >= 0xFE00 and <= 0xFE0F or >= 0xE0000 and <= 0xE0FFF => true,
        _ => RemoteText.IsBlank(rune),
    };

    private static bool IsLeftOut(UnicodeCategory category) => category is UnicodeCategory.SpaceSeparator or UnicodeCategory.Control
        or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.DashPunctuation or UnicodeCategory.OpenPunctuation or UnicodeCategory.ClosePunctuation
        or UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation or UnicodeCategory.OtherPunctuation
        or UnicodeCategory.ModifierSymbol or UnicodeCategory.ModifierLetter or UnicodeCategory.EnclosingMark;

    /// <summary>Upper case first: it brings together letters with several small forms, such as the two sigmas.</summary>
    private static string Fold(string text) => text.ToUpperInvariant().ToLowerInvariant();

    private static Script ScriptOf(Rune rune) => rune.Value switch
    {
        < 0x41 => Script.Other,
        <= 0x024F or >= 0x0250 and <= 0x02AF or >= 0x1D00 and <= 0x1DBF or >= 0x1E00 and <= 0x1EFF or >= 0x2C60 and <= 0x2C7F
            or >= 0xA720 and <= 0xA7FF or >= 0xAB30 and <= 0xAB6F or >= 0xFF21 and <= 0xFF5A => Script.Latin,
        >= 0x0370 and <= 0x03FF or >= 0x1F00 and <= 0x1FFF => Script.Greek,
        >= 0x0400 and <= 0x052F or >= 0x1C80 and <= 0x1C8F or >= 0x2DE0 and <= 0x2DFF or >= 0xA640 and <= 0xA69F => Script.Cyrillic,
        >= 0x0530 and <= 0x058F => Script.Armenian,
        >= 0x13A0 and <= 0x13FF or >= 0xAB70 and <= 0xABBF => Script.Cherokee,
        _ => Script.Other,
    };

    private static FrozenDictionary<int, string> Table(params string[] rows)
    {
        var table = new Dictionary<int, string>();
        for (var i = 0; i < rows.Length; i += 2)
        {
            foreach (var rune in Fold(rows[i + 1]).EnumerateRunes()) table.TryAdd(rune.Value, rows[i]);
        }

        return table.ToFrozenDictionary();
    }

    private enum Script
    {
        Other,
        Latin,
        Greek,
        Cyrillic,
        Armenian,
        Cherokee,
    }
}

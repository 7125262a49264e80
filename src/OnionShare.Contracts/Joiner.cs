using System.Buffers;
using System.Globalization;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>
/// The zero-width joiner and non-joiner, which some scripts are not written right without: between letters of scripts that join or stack them
/// (as in Persian and Hindi; RFC 5892 A.1 and A.2 have the like for domain names), and the joiner between emoji (UTS #51). Elsewhere they only
/// make two names look alike.
/// </summary>
public static class Joiner
{
    private const int NonJoining = 0x200C, Joining = 0x200D, EmojiStyle = 0xFE0F;

    // Arabic, Syriac, NKo, Mandaic; the scripts of India, Tibetan, Myanmar; Khmer and Mongolian; emoji's skin tones.
    private static readonly (int From, int To)[] Scripts =
        [(0x0600, 0x07BF), (0x07C0, 0x08FF), (0x0900, 0x0DFF), (0x0F00, 0x109F), (0x1780, 0x18AF), (0xFB50, 0xFDFF), (0xFE70, 0xFEFE)];

    private static readonly (int From, int To) SkinTones = (0x1F3FB, 0x1F3FF);

    /// <summary>Whether a joiner belongs where it stands.</summary>
    public static bool Belongs(Rune before, Rune joiner, Rune after) => joiner.Value switch
    {
        NonJoining => Joins(before) && Joins(after),
        Joining => (Joins(before) && Joins(after)) || (IsEmoji(before) && IsEmoji(after)),
        _ => false,
    };

    /// <summary>Whether what stands there in a text is a joiner that belongs there.</summary>
    public static bool BelongsAt(string text, int at) => text[at] is (char)NonJoining or (char)Joining
        && Rune.DecodeLastFromUtf16(text.AsSpan(0, at), out var before, out _) == OperationStatus.Done
        && Rune.DecodeFromUtf16(text.AsSpan(at + 1), out var after, out _) == OperationStatus.Done
        && Belongs(before, new Rune(text[at]), after);

    private static bool Joins(Rune rune) => (Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark
        or UnicodeCategory.SpacingCombiningMark) && Scripts.Any(script => rune.Value >= script.From && rune.Value <= script.To);

    private static bool IsEmoji(Rune rune) => rune.Value == EmojiStyle || (rune.Value >= SkinTones.From && rune.Value <= SkinTones.To)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol;
}

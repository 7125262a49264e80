using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// A name that may be shown. What was checked is what is kept: the text is normalised (NFC) first, freed of invisible characters and
/// outer and repeated spaces, then judged, and never changed again.
/// </summary>
public sealed record MemberName
{
    /// <summary>The longest name, in UTF-16 code units.</summary>
    public const int MaxLength = 64;

    private const int MarksInARow = 3;

    private MemberName(string text, string skeleton)
    {
        Text = text;
        Skeleton = skeleton;
    }

    public string Text { get; }

    /// <summary>What it has in common with every name that looks like it; see <see cref="NameSkeleton"/>.</summary>
    public string Skeleton { get; }

    /// <summary>Makes a name of what somebody typed.</summary>
    /// <param name="typed">The text.</param>
    /// <param name="name">The name.</param>
    /// <param name="reason">A sentence that says why it can't be one.</param>
    public static bool TryCreate(string typed, [NotNullWhen(true)] out MemberName? name, [NotNullWhen(false)] out Phrase? reason)
    {
        name = null;
        // Measured before anything is done with it, so that a long one costs nothing.
        reason = typed.Length > 4 * MaxLength ? TooLong
            : HasLoneSurrogate(typed) ? new Phrase("chat.name.broken")
            : typed.Contains('\uFFFE') ? new Phrase("chat.name.unshowable") // what can't be normalised at all
            : null;
        if (reason is not null) return false;

        var text = Tidy(typed.Normalize(NormalizationForm.FormC));
        var skeleton = NameSkeleton.Of(text);
        reason = text.Length == 0 ? new Phrase("chat.name.invisible")
            : text.Length > MaxLength ? TooLong
            : text.EnumerateRunes().Any(rune => !RemoteText.IsHarmless(rune)) ? new Phrase("chat.name.unshowable")
            : HasTooManyMarks(text) ? new Phrase("chat.name.marks")
            : skeleton.Length == 0 ? new Phrase("chat.name.empty")
            : NameSkeleton.MixesLookalikeScripts(text) ? new Phrase("chat.name.mixed")
            : null;
        if (reason is not null) return false;
        name = new MemberName(text, skeleton);
        return true;
    }

    private static Phrase TooLong => new("chat.name.long", ("count", MaxLength));

    private static string Tidy(string text)
    {
        var tidy = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var isSpace = Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator;
            if (isSpace && tidy.Length > 0 && tidy[^1] != ' ') tidy.Append(' ');
            if (!isSpace && !NameSkeleton.IsInvisible(rune)) tidy.Append(rune.ToString());
        }

        // Taking something out may bring together what has a composed form.
        return tidy.ToString().TrimEnd(' ').Normalize(NormalizationForm.FormC);
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune)) return true;
            i += rune.Utf16SequenceLength - 1;
        }

        return false;
    }

    private static bool HasTooManyMarks(string text)
    {
        var marks = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            marks = Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            if (marks > MarksInARow) return true;
        }

        return false;
    }
}

using System.Text;
using CsCheck;

namespace OnionShare.Fuzz.Inputs;

/// <summary>Texts that people and attackers give to things.</summary>
internal static class Words
{
    private static readonly string[] Parts =
    [
        "a", "report", ".pdf", ".tar.gz", ".", "..", " ", "CON", "aux.txt", "COM1", "日本語", "עברית", "café", "cafe\u0301", "🧅", "👩‍👩‍👧", "\u202e", "\u200b", "\u200d", "\ufeff",
        "\u001b[2J", "\u0007", "\t", "'", "\"", "<b>", "&amp;", "%2e", "%", ":", "*", "?", "|", "$(id)", "`", "$", "~", "-", "#", "\u00a0", "\u3000", "ﬁ", "Ⅷ", "İ", "ß", "ا\u200dب",
    ];

    /// <summary>A name without slashes, which any file system of this kind could have.</summary>
    public static Gen<string> Names { get; } = Gen.OneOf(Parts).Array[1, 5].Select(string.Concat).Where(name => name.Trim() is not ("." or ".."));

    /// <summary>Anything, well-formed or not.</summary>
    public static Gen<string> Texts { get; } = Gen.Frequency(
        (5, (IGen<string>)Gen.OneOf([.. Parts, "/", "\\", "\0", "\r", "\n", "\ud83e", "\udd85", "\ufffe", "\uffff"]).Array[0, 8].Select(string.Concat)),
        (1, Gen.Char.Array[0, 20].Select(letters => new string(letters))),
        (1, Gen.Select(Gen.OneOf(Parts), Gen.Int[50, 700], (part, count) => new StringBuilder().Insert(0, part, count).ToString())));

    /// <summary>A text with what can't be seen made visible.</summary>
    public static string Show(string? text) => text is null ? "null" : System.Text.Json.JsonSerializer.Serialize(text.Length > 400 ? text[..400] + "…" : text);

    /// <summary>Whether each surrogate has its other half.</summary>
    public static bool IsWhole(string text) => text == Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}

namespace OnionShare.Contracts;

/// <summary>A language of the visitors' pages.</summary>
/// <param name="Code">Its tag (BCP 47): <c>de</c>, <c>zh-Hans</c>.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="EnglishName">What it is called in English.</param>
/// <param name="IsRightToLeft">Whether it is written from right to left.</param>
public sealed record PageLanguage(string Code, string Name, string EnglishName, bool IsRightToLeft = false)
{
    /// <summary>All there are, in the order of their codes.</summary>
    public static IReadOnlyList<PageLanguage> All { get; } =
    [
        new("de", "Deutsch", "German"),
        new("en", "English", "English"),
    ];

    /// <summary>The language of a tag as <see cref="All"/> has it, whatever its case; null for any other.</summary>
    public static PageLanguage? Find(string? code) => All.FirstOrDefault(language => language.Code.Equals(code, StringComparison.OrdinalIgnoreCase));
}

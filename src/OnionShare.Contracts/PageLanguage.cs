namespace OnionShare.Contracts;

/// <param name="Code">Its tag (BCP 47): <c>de</c>, <c>zh-Hans</c>.</param>
/// <param name="Name">What it calls itself.</param>
/// <param name="EnglishName">What it is called in English.</param>
/// <param name="IsRightToLeft">Whether it is written from right to left.</param>
public sealed record PageLanguage(string Code, string Name, string EnglishName, bool IsRightToLeft = false)
{
    /// <summary>All there are, in the order of their codes.</summary>
    public static IReadOnlyList<PageLanguage> All { get; } =
    [
        new("ar", "العربية", "Arabic", IsRightToLeft: true),
        new("de", "Deutsch", "German"),
        new("en", "English", "English"),
        new("es", "Español", "Spanish"),
        new("fa", "فارسی", "Persian", IsRightToLeft: true),
        new("fr", "Français", "French"),
        new("ja", "日本語", "Japanese"),
        new("pt", "Português", "Portuguese"),
        new("ru", "Русский", "Russian"),
        new("tr", "Türkçe", "Turkish"),
        new("uk", "Українська", "Ukrainian"),
        new("zh-Hans", "简体中文", "Chinese, simplified"),
        new("zh-Hant", "繁體中文", "Chinese, traditional"),
    ];

    /// <summary>The language of a tag as <see cref="All"/> has it, whatever its case; null for any other.</summary>
    public static PageLanguage? Find(string? code) => All.FirstOrDefault(language => language.Code.Equals(code, StringComparison.OrdinalIgnoreCase));
}

namespace OnionShare.Engine.Web.Languages;

/// <summary>Which plural form a whole number takes (UTS #35 part 3, Language Plural Rules; the rules of CLDR 46).</summary>
internal static class PluralRules
{
    public const string Other = "other";

    /// <summary>The categories a language has for whole numbers.</summary>
    public static IReadOnlyList<string> Of(string code) => code switch
    {
        "ar" => ["zero", "one", "two", "few", "many", Other],
        "ru" or "uk" => ["one", "few", "many"],
        "es" or "fr" or "pt" => ["one", "many", Other],
        "ja" or "zh-Hans" or "zh-Hant" => [Other],
        _ => ["one", Other],
    };

    /// <summary>The category of a number; null stands for none, which is <see cref="Other"/>.</summary>
    public static string CategoryOf(string code, long? count) => count is not { } n ? Other : code switch
    {
        "ja" or "zh-Hans" or "zh-Hant" => Other,
        "ar" => n switch
        {
            0 => "zero",
            1 => "one",
            2 => "two",
            _ => (n % 100) switch { >= 3 and <= 10 => "few", >= 11 => "many", _ => Other },
        },
        "ru" or "uk" => (n % 10, n % 100) switch
        {
            (1, not 11) => "one",
            ( >= 2 and <= 4, not (>= 12 and <= 14)) => "few",
            _ => "many",
        },
        "fa" => n is 0 or 1 ? "one" : Other,
        "fr" or "pt" => n is 0 or 1 ? "one" : n % 1_000_000 == 0 ? "many" : Other,
        "es" => n == 1 ? "one" : n != 0 && n % 1_000_000 == 0 ? "many" : Other,
        _ => n == 1 ? "one" : Other,
    };
}

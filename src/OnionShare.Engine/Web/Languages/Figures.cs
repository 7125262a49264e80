using System.Globalization;

namespace OnionShare.Engine.Web.Languages;

/// <summary>
/// How a language writes numbers and dates (CLDR 46). A table of our own rather than the system's cultures: those differ between computers, are
/// missing in some, and hold what their user has chosen, which is nobody's to know. Times are UTC.
/// </summary>
/// <param name="Decimal">What stands before the fraction.</param>
/// <param name="Group">What stands between thousands.</param>
/// <param name="Date">The format of a day, in .NET's terms.</param>
internal sealed record Figures(string Decimal, string Group, string Date)
{
    private static readonly PersianCalendar Persian = new();

    public string Digits { get; init; } = "0123456789";

    /// <summary>The digits that must stand before the first group separator, for one to be written.</summary>
    public int LeastGrouped { get; init; } = 1;

    /// <summary>Whether days are those of the Solar Hijri calendar.</summary>
    public bool IsPersian { get; init; }

    public static Figures Of(string code) => code switch
    {
        "de" => new Figures(",", ".", "dd.MM.yyyy"),
        "es" => new Figures(",", ".", "dd/MM/yyyy") { LeastGrouped = 2 },
        "fr" => new Figures(",", "\u202F", "dd/MM/yyyy"),
        "pt" => new Figures(",", ".", "dd/MM/yyyy"),
        "ru" or "uk" => new Figures(",", "\u00A0", "dd.MM.yyyy"),
        "tr" => new Figures(",", ".", "dd.MM.yyyy"),
        "fa" => new Figures("٫", "٬", "yyyy/MM/dd") { Digits = "۰۱۲۳۴۵۶۷۸۹", IsPersian = true },
        "ar" => new Figures(".", ",", "dd/MM/yyyy"),
        "ja" or "zh-Hans" or "zh-Hant" => new Figures(".", ",", "yyyy/MM/dd"),
        _ => new Figures(".", ",", "yyyy-MM-dd"),
    };

    /// <summary>A whole number, its thousands apart.</summary>
    public string Whole(long number)
    {
        var digits = number.ToString(CultureInfo.InvariantCulture);
        var first = digits.Length % 3 is 0 ? 3 : digits.Length % 3;
        if (digits.Length < 3 + LeastGrouped) return Localized(digits);
        return Localized(digits[..first]) + string.Concat(digits[first..].Chunk(3).Select(group => Group + Localized(new string(group))));
    }

    public string OneDecimal(double number)
    {
        var text = number.ToString("0.0", CultureInfo.InvariantCulture);
        return Whole(long.Parse(text[..^2], CultureInfo.InvariantCulture)) + Decimal + Localized(text[^1..]);
    }

    /// <summary>The day of a moment, in UTC.</summary>
    public string Day(DateTimeOffset moment)
    {
        var day = moment.UtcDateTime;
        return Localized(IsPersian
            ? string.Create(CultureInfo.InvariantCulture, $"{Persian.GetYear(day):0000}/{Persian.GetMonth(day):00}/{Persian.GetDayOfMonth(day):00}")
            : day.ToString(Date, CultureInfo.InvariantCulture));
    }

    /// <summary>The time of day of a moment, in UTC.</summary>
    public string Time(DateTimeOffset moment) => Localized(moment.UtcDateTime.ToString("HH:mm", CultureInfo.InvariantCulture));

    private string Localized(string text) => Digits[0] == '0' ? text : string.Concat(text.Select(character => char.IsAsciiDigit(character) ? Digits[character - '0'] : character));
}

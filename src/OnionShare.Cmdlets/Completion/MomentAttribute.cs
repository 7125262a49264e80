using System.Globalization;
using System.Text.RegularExpressions;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Makes a time of what people write. Years first (<c>2026-12-20 17:00</c>, ISO 8601) and times of day (<c>17:00</c>, <c>17</c>: today) mean the same
/// in every culture: PowerShell alone would count the year in the calendar of the session, and take a number for ticks of 100 ns since year 1. Any
/// other text is refused: 01/02 is January here and February there. A DateTimeOffset, a TimeSpan or TimeOnly (a time of today) and a DateOnly are taken, too.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class MomentAttribute : ArgumentTransformationAttribute
{
    private const int HoursOfDay = 24;

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = Input.Bare(inputData);
        return value switch
        {
            DateTime time => time,
            DateTimeOffset moment => moment.UtcDateTime,
            DateOnly day => day.ToDateTime(TimeOnly.MinValue),
            TimeOnly time => DateTime.Today + time.ToTimeSpan(),
            TimeSpan time when time >= TimeSpan.Zero && time.TotalHours < HoursOfDay => DateTime.Today + time,
            string text => Parse(text.Trim()) ?? throw Wrong(text),
            byte or short or int or long when Convert.ToInt64(value, CultureInfo.InvariantCulture) is >= 0 and < HoursOfDay and var hour =>
                DateTime.Today.AddHours(hour),
            _ => throw Wrong(value),
        };
    }

    private static DateTime? Parse(string text)
    {
        if (Hour().Match(text) is { Success: true } hour && int.Parse(hour.ValueSpan, CultureInfo.InvariantCulture) is < HoursOfDay and var number)
            return DateTime.Today.AddHours(number);
        if (TimeOfDay().IsMatch(text) && TimeOnly.TryParse(text, CultureInfo.InvariantCulture, out var time)) return DateTime.Today + time.ToTimeSpan();
        return YearFirst().IsMatch(text) && DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var iso) ? iso : null;
    }

    private static ArgumentTransformationMetadataException Wrong(object? value) =>
        new($"'{value}' is no time. Write '2026-12-20 17:00', the year first, or 17:00 for today.");

    [GeneratedRegex(@"^[0-9]{1,2}$")]
    private static partial Regex Hour();

    [GeneratedRegex(@"^[0-9]{1,2}(:[0-9]{2}(:[0-9]{2})?)?(\s*[AaPp][Mm])?$")]
    private static partial Regex TimeOfDay();

    [GeneratedRegex(@"^[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}")]
    private static partial Regex YearFirst();
}

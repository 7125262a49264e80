using System.Globalization;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Makes a duration of what people write: <c>90s</c>, <c>45m</c>, <c>2h</c>, <c>1d12h</c>, a TimeSpan, or a bare number of seconds
/// (PowerShell alone would take a bare number for ticks of 100 ns).
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DurationAttribute : ArgumentTransformationAttribute
{
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        // 1d and 90s are numbers to PowerShell (decimal 1, short 90); as text the object still says what was typed.
        var value = inputData is PSObject wrapped ? wrapped.BaseObject is TimeSpan given ? given : wrapped.ToString(null, CultureInfo.InvariantCulture) : inputData;
        var duration = value switch
        {
            TimeSpan span => span,
            string text => Parse(text.Trim()),
            byte or short or int or long or float or double or decimal =>
                FromSeconds(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (duration is not { } good)
            throw Wrong($"'{value}' is no duration. Write 90s, 45m, 2h, 1d12h, a number of seconds, or a TimeSpan such as 02:00:00.");
        return good > TimeSpan.Zero ? good : throw Wrong($"'{value}' is no duration: it must be longer than zero.");
    }

    private static TimeSpan? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) ? FromSeconds(seconds)
        : Duration.TryParse(text, out var duration) ? duration
        : null;

    private static TimeSpan? FromSeconds(double seconds) => Duration.TryFromSeconds(seconds, out var duration) ? duration : null;

    private static ArgumentTransformationMetadataException Wrong(string message) => new(message);
}

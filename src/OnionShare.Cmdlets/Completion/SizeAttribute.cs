using System.Globalization;
using System.Text.RegularExpressions;

namespace OnionShare.Cmdlets.Completion;

/// <summary>
/// Makes a number of bytes of what people write: <c>5GB</c> as PowerShell knows it, <c>'500 MB'</c>, <c>'1.5GiB'</c>, <c>'2g'</c>. Units
/// are powers of 1024 whether they have the i or not, as in PowerShell.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed partial class SizeAttribute : ArgumentTransformationAttribute
{
    private const string Units = "KMGTP";

    public bool AllowZero { get; set; }

    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData)
    {
        var value = Input.Bare(inputData);
        var size = value switch
        {
            string text => Parse(text),
            byte or short or int or long or uint or ulong or float or double or decimal =>
                FromNumber(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
            _ => null,
        };
        if (size is not { } bytes)
            throw new ArgumentTransformationMetadataException($"'{value}' is no size. Write 500MB, 5GB, '1.5 GiB', or a number of bytes.");
        if (bytes < (AllowZero ? 0 : 1))
        {
            throw new ArgumentTransformationMetadataException(
                $"'{value}' is too small: the least is {(AllowZero ? "0" : "1 byte. Leave the parameter out for no limit")}.");
        }

        return bytes;
    }

    private static long? Parse(string text)
    {
        var match = Words().Match(text);
        if (!match.Success) return null;
        var number = double.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        var unit = match.Groups["unit"];
        var power = unit.Success ? Units.IndexOf(char.ToUpperInvariant(unit.ValueSpan[0])) + 1 : 0;
        return FromNumber(number * Math.Pow(1024, power));
    }

    // Half a byte is none. What is beyond a long is beyond any disk.
    private static long? FromNumber(double bytes) => Math.Abs(bytes) < long.MaxValue ? (long)Math.Floor(bytes) : null;

    [GeneratedRegex(
        @"^\s*(?<number>-?\d{1,18}(\.\d{1,9})?)\s*((?<unit>[kmgtp])(i?b)?|b|bytes?)?\s*$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Words();
}

using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The file beside a submission's files that holds their SHA-256, in the form that <c>sha256sum --check</c> reads (GNU coreutils).</summary>
internal static class ChecksumFile
{
    public const string Name = "SHA256SUMS";

    /// <summary>What stands in it: <c>64 hexadecimal digits, two spaces, name</c>, a line each. Names here hold nothing that would need an escape.</summary>
    public static byte[] Of(IEnumerable<ReceiptLine> lines)
    {
        var text = new StringBuilder();
        foreach (var line in lines.Where(line => line.Sha256 is not null)) text.Append(CultureInfo.InvariantCulture, $"{Convert.ToHexStringLower(line.Sha256!)}  {line.Name}\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }
}

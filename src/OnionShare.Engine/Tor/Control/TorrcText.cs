using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Tor.Control;

internal static class TorrcText
{
    /// <summary>A value in quotes, with C escapes (tor manual, THE CONFIGURATION FILE FORMAT).</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) && c < 0x80)
                quoted.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }
}

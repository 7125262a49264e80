using System.Text;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>What a bridge line says to its transport, in the form in which a transport's SOCKS port takes it (pt-spec, per-connection arguments).</summary>
internal static class TransportArguments
{
    private const int MostBytes = 255;

    /// <summary>Puts the arguments into a user name and a password.</summary>
    /// <param name="arguments">Keys and values, as they stand in the bridge line.</param>
    /// <exception cref="ArgumentException">They are too long for both.</exception>
    public static SocksCredentials Encode(IEnumerable<(string Key, string Value)> arguments)
    {
        var text = Encoding.UTF8.GetBytes(string.Join(';', arguments.Select(argument => $"{Escape(argument.Key)}={Escape(argument.Value)}")));
        if (text.Length > 2 * MostBytes)
            throw new ArgumentException($"A transport takes at most {2 * MostBytes} bytes of arguments.", nameof(arguments));
        var split = text.Length < MostBytes ? text.Length : Boundary(text);
        return new SocksCredentials(
            Encoding.UTF8.GetString(text, 0, split),
            split == text.Length ? "\0" : Encoding.UTF8.GetString(text, split, text.Length - split));
    }

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("=", "\\=", StringComparison.Ordinal).Replace(";", "\\;", StringComparison.Ordinal);

    // Both halves are turned into text and back: a character must not be cut through.
    private static int Boundary(byte[] text)
    {
        var split = Math.Min(MostBytes, text.Length);
        while (split < text.Length && (text[split] & 0xC0) == 0x80)
            split--;
        return split;
    }
}

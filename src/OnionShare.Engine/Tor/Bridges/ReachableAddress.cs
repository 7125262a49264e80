using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnionShare.Engine.Tor.Bridges;

/// <summary>An address and port a firewall lets through, in the form of tor's ReachableAddresses (tor manual): <c>*:443</c>, <c>18.0.0.0/8:9001</c>.</summary>
internal static class ReachableAddress
{
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>.</exception>
    public static void Check(string text)
    {
        // The port follows the last colon that is not within brackets.
        var colon = text.LastIndexOf(':');
        if (colon < text.LastIndexOf(']'))
            colon = -1;
        if (!IsAddress(colon < 0 ? text : text[..colon]) || (colon >= 0 && !IsPorts(text[(colon + 1)..])))
        {
            throw new ProblemException(
                ProblemCodes.TorSettings,
                $"'{RemoteText.Show(text, 80)}' is no address and port that a firewall could let through.",
                "Write *:443 for a port, 18.0.0.0/8:9001 for a network and a port, [2001:db8::]/32 for an IPv6 network, *:8000-9000 for a range.",
                "reachableAddresses");
        }
    }

    private static bool IsAddress(string text)
    {
        if (text is "*" or "*4" or "*6")
            return true;
        var slash = text.IndexOf('/');
        var host = slash < 0 ? text : text[..slash];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var ip) || host.Contains('%')
            || bracketed != (ip.AddressFamily == AddressFamily.InterNetworkV6) || (!bracketed && ip.ToString() != host))
        {
            return false;
        }

        return slash < 0 || (Number(text[(slash + 1)..]) is { } bits && bits <= (bracketed ? 128 : 32));
    }

    private static bool IsPorts(string text)
    {
        if (text == "*")
            return true;
        var dash = text.IndexOf('-');
        var (first, last) = dash < 0 ? (Number(text), Number(text)) : (Number(text[..dash]), Number(text[(dash + 1)..]));
        return first is >= 1 && last <= 65535 && first <= last;
    }

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}

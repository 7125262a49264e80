using System.Net;

namespace OnionShare.Engine.Tor.Circumvention;

internal static class CircumventionSource
{
    /// <summary>
    /// Reads an address: https anywhere; http only where nobody is in between, which is this machine, or where Tor itself protects it, which is an
    /// onion address.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>.</exception>
    public static Uri Parse(string? source)
    {
        if (source is null)
            return CircumventionClient.TorProject;
        var shown = RemoteText.Show(source);
        if (!WebAddress.TryRead(source, out var address) || address.Scheme is not ("https" or "http") || WebAddress.AsciiHost(address) is not { } host)
            throw Refused($"'{shown}' is no https address.", source);
        if (address.UserInfo != "" || address.Query != "" || address.Fragment != "")
            throw Refused($"'{shown}' holds more than a host, a port and a path.", source);
        if (address.Scheme == "http" && !IsHere(address) && !host.EndsWith(".onion", StringComparison.OrdinalIgnoreCase))
            throw Refused($"'{shown}' is not encrypted: whoever is in between could answer in its place.", source);
        return address;
    }

    private static bool IsHere(Uri address) => IPAddress.TryParse(address.Host.Trim('[', ']'), out var number) && IPAddress.IsLoopback(number);

    private static ProblemException Refused(string detail, string source) => new(
        ProblemCodes.InvalidRequest, detail,
        "Give the address of the API whole: https://bridges.torproject.org/moat. http is taken for 127.0.0.1 and .onion.", source);
}

using System.Globalization;
using System.Text.RegularExpressions;
using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>
/// Why a tor with bridges or a proxy does not get through them. For transports and proxies tor tells it in its log alone: the events of its control
/// port say at most how far it is.
/// </summary>
internal sealed partial record NetworkTrouble(string Detail, string Advice)
{
    /// <summary>The percentage at which a relay or bridge has been reached and has proven who it is (tor: handshake_done).</summary>
    public const int Reached = 15;

    /// <param name="network">How that tor was told to reach the network.</param>
    /// <param name="log">What it printed.</param>
    /// <param name="percent">How far it is in connecting.</param>
    /// <param name="waited">Whether it has had all the time it gets: bridges that have not answered then do not answer.</param>
    /// <returns>Null when bridges and proxy are not what is wrong, as far as is known.</returns>
    public static NetworkTrouble? Of(TorrcNetwork network, TorLog log, int percent, bool waited)
    {
        if (percent >= Reached || (network.Bridges == 0 && network.Proxy is null))
            return null;
        return OfProgram(network, log, waited) ?? OfProxy(network, log)
            ?? (network.Bridges > 0 && (waited || HaveAllFailed(network, log)) ? OfBridges(network, log) : null);
    }

    private static bool HaveAllFailed(TorrcNetwork network, TorLog log) =>
        log.All(Failed()).Select(match => match.Groups[1].Value).Distinct(StringComparer.Ordinal).Count() >= network.Bridges;

    private static NetworkTrouble? OfProgram(TorrcNetwork network, TorLog log, bool waited)
    {
        if (log.Last(UnfitForProxy()) is not null && network.Proxy is not null)
        {
            // Which program it is follows in the next line.
            var line = log.Last(Misconfigured());
            return line is null && !waited ? null : new NetworkTrouble(
                $"{line?.Groups[1].Value ?? "The program of the bridges' transport"} can't go through a proxy.",
                "Take lyrebird in its place (Tor Browser brings it; Set-OnionTor -TransportExecutable), bridges of another transport, or no proxy.");
        }

        if (log.Last(Terminated()) is not { } ended)
            return null;
        var why = log.Last(MethodError()) is { } error ? $": {error.Groups[1].Value}" : "";
        return new NetworkTrouble(
            $"The program of the bridges' transport, {ended.Groups[1].Value}, ends as soon as it is started (status {ended.Groups[2].Value}{why}).",
            "Run it by hand to see why, or set the path of another one (Set-OnionTor -TransportExecutable).");
    }

    private static NetworkTrouble? OfProxy(TorrcNetwork network, TorLog log)
    {
        if (network.Proxy is not { } proxy || log.Last(ProxySays()) is not { } line)
            return null;
        var place = string.Create(CultureInfo.InvariantCulture, $"{proxy.Host}:{proxy.Port}");
        var said = line.Value;
        if (said.Contains("just failed", StringComparison.Ordinal) || said.Contains("conn_proxy", StringComparison.Ordinal))
            return new NetworkTrouble($"The proxy at {place} can't be reached.", "Look whether address and port of the proxy are right, and whether it runs.");
        if (said.Contains("407", StringComparison.Ordinal) || said.Contains("authentication", StringComparison.Ordinal))
        {
            return new NetworkTrouble(
                proxy.User is null ? $"The proxy at {place} wants a user name and a password." : $"The proxy at {place} does not take this user name and password.",
                "Set the proxy again, with the right ones (Set-OnionTor -Proxy -ProxyCredential).");
        }

        if (said.Contains("Unparseable", StringComparison.Ordinal))
            return new NetworkTrouble($"What answers at {place} is no HTTP proxy.", "Look whether address and port of the proxy are right, and whether it is a SOCKS 5 one.");
        return new NetworkTrouble(
            $"The proxy at {place} does not lead to the relays tor tries ({RemoteText.Show(line.Groups["why"].Value.Trim('"'), 80)}).",
            "Many proxies allow some ports only: say which (Set-OnionTor -ReachableAddresses *:443). Where Tor is blocked, use bridges.");
    }

    private static NetworkTrouble OfBridges(TorrcNetwork network, TorLog log)
    {
        var kind = network.Transports is [BridgeLine.Plain] ? "" : string.Join(" and ", network.Transports.Where(transport => transport != BridgeLine.Plain)) + " ";
        if (log.Last(Identity()) is not null)
        {
            return new NetworkTrouble(
                network.Bridges == 1 ? $"What answers at the address of the {kind}bridge is another relay." : $"What answers at the address of one of the {kind}bridges is another relay.",
                "Look whether the bridge lines are whole: fingerprint and address belong together. Or get other bridges (https://bridges.torproject.org).");
        }

        var through = network.Proxy is null ? "" : " through the proxy";
        return new NetworkTrouble(
            network.Bridges == 1
                ? $"The {kind}bridge does not answer{through}."
                : string.Create(CultureInfo.InvariantCulture, $"None of the {network.Bridges} {kind}bridges answers{through}."),
            (network.Proxy is null ? "" : "Look whether the proxy's user name and password are right. ")
            + "Bridges come and go, and some are blocked too: get others (https://bridges.torproject.org, Set-OnionTor -RequestBridges), or take another transport.");
    }

    [GeneratedRegex("Managed proxy failed to configure the pluggable transport's outgoing proxy", RegexOptions.CultureInvariant)]
    private static partial Regex UnfitForProxy();

    [GeneratedRegex("Managed proxy at '(.+)' failed the configuration protocol", RegexOptions.CultureInvariant)]
    private static partial Regex Misconfigured();

    [GeneratedRegex("(?:Managed proxy|Pluggable Transport process) \"(.+)\" having PID \\d+ terminated with status code (\\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Terminated();

    [GeneratedRegex(@"managed proxy encountered a method error\. \((.+)\)", RegexOptions.CultureInvariant)]
    private static partial Regex MethodError();

    [GeneratedRegex(
        "proxy server at .+ just failed|Stuck at \\d+% \\(conn_proxy\\)|https proxy sent back an unexpected status code (?<why>.+?)\\. Closing|https proxy refused to allow connection to .+ \\(status code (?<why>.+?)\\)"
        + "|Unparseable headers from proxy|Proxy Client: unable to connect .+ \\((?<why>\"(?!general SOCKS server failure).+\")\\)",
        RegexOptions.CultureInvariant)]
    private static partial Regex ProxySays();

    [GeneratedRegex("(?:unable to connect OR connection .* with|Problem bootstrapping.* host [0-9A-F?]+ at) (\\S+?:\\d+)", RegexOptions.CultureInvariant)]
    private static partial Regex Failed();

    [GeneratedRegex("identity keys were not as expected", RegexOptions.CultureInvariant)]
    private static partial Regex Identity();
}

using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.RegularExpressions;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>Says why a tor does not get connected, out of its own words and the place where it stands still.</summary>
/// <param name="Phase">Where it stands still; null when it has said nothing at all.</param>
/// <param name="Warnings">What it warned of, the latest last.</param>
/// <param name="Settings">What it was started with.</param>
/// <param name="Connection">The way it was come by.</param>
/// <param name="Standstill">For how long.</param>
/// <param name="ClockIsWrong">Whether the clock was found to be wrong.</param>
/// <param name="HasNetwork">Whether this computer is connected to any network.</param>
internal sealed partial record BootstrapTrouble(
    BootstrapPhase? Phase, IReadOnlyList<string> Warnings, TorSettings Settings, TorConnectionType Connection, TimeSpan Standstill, bool ClockIsWrong, bool HasNetwork)
{
    private const string OtherBridges = "Try other bridges (Set-OnionTor -RequestBridges, or -BuiltInBridges Snowflake).";
    private const string TakeBridges =
        "If a firewall lets only some ports through, say which (Set-OnionTor -ReachableAddresses *:80,*:443), or go through its proxy (-Proxy). " +
        "Where Tor is blocked, use bridges (Set-OnionTor -BuiltInBridges Snowflake, or -RequestBridges).";

    private bool IsOwn => Connection is TorConnectionType.Own or TorConnectionType.TorSharp or TorConnectionType.Automatic;

    private bool IsHere => IPEndPoint.TryParse(Phase?.Address ?? "", out var endpoint) && IPAddress.IsLoopback(endpoint.Address);

    private bool HasBridges => IsOwn && (Settings.Bridges.Count > 0 || Settings.BuiltInBridges is not null);

    /// <summary>Whether this computer is connected to any network but itself.</summary>
    public static bool ThereIsANetwork() => NetworkInterface.GetIsNetworkAvailable();

    public CheckOutcome Explain()
    {
        var (reason, advice) = Reason();
        var where = Phase is null
            ? "tor does not say how far it is"
            : string.Create(CultureInfo.InvariantCulture, $"tor stands still at {Phase.Percent} % ({Phase.Summary}), for {Standstill.TotalSeconds:0} s now");
        return CheckOutcome.Failed($"{where}. {reason}", IsOwn || ClockIsWrong ? advice : $"{Foreign()} {advice}");
    }

    private (string Reason, string Advice) Reason() => Phase?.Tag switch
    {
        _ when ClockIsWrong => ("The clock is wrong, and tor does not take what the relays say.", "Set the clock and the time zone right, then try again."),
        _ when IsOwn && !HasNetwork && !IsHere => ("This computer is connected to no network.", "Connect it to one, then try again."),
        _ when Phase?.Reason == "NOROUTE" => (
            $"There is no way to the internet from here{At}: {Words("no route")}.",
            "Look at this computer's network. Where it has only IPv6, say so (Set-OnionTor -AddressFamily IPv6)."),
        _ when Warning("Managed proxy", "pluggable transport") is { } words => (
            $"The program of the bridges' transport does not run: {words}",
            "Install it anew, or name another (Set-OnionTor -TransportExecutable); started by hand it says more."),
        "conn_proxy" => (
            $"The proxy{Proxy} does not answer: {Words("the connection fails")}.", "Look whether it runs and whether its address and port are right (Set-OnionTor -Proxy)."),
        "conn_done_proxy" => (
            $"The proxy{Proxy} answers and refuses: {Refusal ?? Words("it does not say why")}.",
            "Look whether it wants a user name and a password (Set-OnionTor -Proxy, -ProxyCredential) and lets connections to any port through. If it allows only some ports: -ReachableAddresses *:443."),
        "conn_pt" or "conn_done_pt" => (
            $"The bridge does not answer through its transport: {Refusal ?? Words("nothing comes back")}.", OtherBridges),
        "conn" when HasBridges => ($"The bridge{At} does not answer: {Words("nothing comes back")}.", OtherBridges),
        "conn_done" or "handshake" or "handshake_done" or "onehop_create" when HasBridges => (
            $"The bridge{At} answers, and then the connection breaks: {Words("nothing more comes")}.", $"It may be another server than its line says, or something in between interferes. {OtherBridges}"),
        "conn" => ($"The relays of the Tor network can't be reached{At}: {Words("nothing comes back")}.", TakeBridges),
        "conn_done" or "handshake" or "handshake_done" or "onehop_create" => (
            $"A relay answers{At}, and then the connection breaks: {Words("nothing more comes")}.", $"Something in between interferes. {TakeBridges}"),
        _ when Phase?.Percent >= 25 => (
            $"It is in touch with the Tor network, but does not get what it needs{At}: {Words("it is very slow")}.", $"Try again. If it stays so: {TakeBridges}"),
        _ => ($"It gives no reason: {Words("not a word")}.", TakeBridges),
    };

    private string At => Phase?.Address is { } address ? $" ({address})" : "";

    private string Proxy
    {
        get
        {
            if (!IsOwn || Settings.Proxy is null)
                return "";
            var proxy = OutgoingProxy.Parse(Settings.Proxy);
            return string.Create(CultureInfo.InvariantCulture, $" at {proxy.Host}:{proxy.Port}");
        }
    }

    // What a proxy or a transport said, out of «… with 192.0.2.1:443 ID=<none> … ("general SOCKS server failure")» and «… (status code 403, "Forbidden"). Closing.»
    private string? Refusal => Warnings.Select(warning => Refused().Match(warning)).LastOrDefault(match => match.Success) is { } match
        ? match.Groups["status"].Success ? $"{match.Groups["status"]} {match.Groups["why"]}" : $"{match.Groups["why"]} ({match.Groups["at"]})"
        : Warning("proxy")?.TrimEnd('.');

    // tor's word for the trouble, without the address it may end with: that is said already.
    private string Words(string otherwise)
    {
        var words = Phase?.Trouble ?? Warnings.LastOrDefault() ?? otherwise;
        return (Phase?.Address is { } address ? words.Replace(" at " + address, "", StringComparison.Ordinal) : words).TrimEnd('.');
    }

    private string? Warning(params IEnumerable<string> parts) =>
        Warnings.LastOrDefault(warning => parts.Any(part => warning.Contains(part, StringComparison.OrdinalIgnoreCase)));

    [GeneratedRegex("""with (?<at>\S+:\d+) .*\("(?<why>[^"]+)"\)$|status code (?<status>\d+), "(?<why>[^"]*)"\)""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Refused();

    private string Foreign() => Connection == TorConnectionType.TorBrowser
        ? "Look at Tor Browser: press Connect there, and set bridges or a proxy there. For a tor that the engine runs:"
        : "That tor has its own torrc: set bridges or a proxy there. For a tor that the engine runs:";
}

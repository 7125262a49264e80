using System.Globalization;
using System.Text;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>The configuration of a tor that the engine runs. Its only secret is the password of an outgoing proxy, and nothing of it is in the arguments.</summary>
internal static class Torrc
{
    /// <summary>The names of the files in the data folder that both sides know.</summary>
    public const string FileName = "torrc", PortFileName = "control-port", CookieFileName = "control-cookie";

    /// <summary>The SOCKS port: it says why an onion service is not reached (socks-extensions, §1).</summary>
    public const string SocksPort = "127.0.0.1:auto ExtendedErrors";

    /// <param name="folder">The data folder.</param>
    /// <param name="include">A file with lines of the user's own; null for none.</param>
    /// <param name="network">Lines on how it reaches the Tor network (see <see cref="TorrcNetwork"/>).</param>
    /// <param name="owner">The process tor must not outlive.</param>
    public static string Compose(string folder, string? include, IReadOnlyList<string> network, int owner)
    {
        var lines = new StringBuilder();

        // First, so that what must hold here is said last and wins.
        if (include is not null)
            lines.Append(Include(Path.GetFullPath(include))).Append('\n');
        foreach (var line in network)
            lines.Append(line).Append('\n');
        lines.Append("DataDirectory ").Append(TorrcText.Quote(folder)).Append('\n')
            .Append("SocksPort ").Append(SocksPort).Append('\n')
            .Append("ControlPort 127.0.0.1:auto\n")
            .Append("ControlPortWriteToFile ").Append(TorrcText.Quote(Path.Combine(folder, PortFileName))).Append('\n')
            .Append("CookieAuthentication 1\n")
            .Append("CookieAuthFile ").Append(TorrcText.Quote(Path.Combine(folder, CookieFileName))).Append('\n')
            .Append("AvoidDiskWrites 1\n")
            .Append("ShutdownWaitLength 0\n")
            .Append("Log notice stdout\n")
            .Append("__OwningControllerProcess ").Append(owner.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return lines.ToString();
    }

    // %include takes wildcards, and has no way to say that a star is only a star: such a file's lines are put in themselves.
    private static string Include(string path) =>
        path.AsSpan().IndexOfAny('*', '?') >= 0 ? File.ReadAllText(path) : "%include " + TorrcText.Quote(path);
}

/// <summary>How a tor that the engine runs reaches the Tor network: bridges, proxy, firewall, Internet Protocol, and lines of the user's own.</summary>
/// <param name="Lines">Whole torrc lines, in their order. The password of a proxy is among them: they are for a file of the user's alone.</param>
/// <param name="Transports">The pluggable transports of the bridges (see <see cref="TorStatus.Transports"/>).</param>
internal sealed record TorrcNetwork(IReadOnlyList<string> Lines, IReadOnlyList<string> Transports)
{
    /// <summary>What must be in the data folder when tor starts; tor then has to be started in that folder.</summary>
    public IReadOnlyList<TransportLink> Links { get; private init; } = [];
    public int Bridges { get; private init; }

    /// <summary>The proxy; null when there is none.</summary>
    public OutgoingProxy? Proxy { get; private init; }

    /// <param name="settings">Settings that have passed <see cref="TorSettingsCheck"/>.</param>
    /// <param name="executable">The tor that is to read them; pluggable transports may lie beside it.</param>
    /// <param name="lookUp">Whether tor may look up the host name of the proxy when it reads them; else an address stands for it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TransportNotFound"/>.</exception>
    public static TorrcNetwork Of(TorSettings settings, TorExecutable executable, bool lookUp = true)
    {
        var custom = CustomTorrc.Read(settings.Torrc);
        var bridges = BuiltInBridgeSets.BridgesOf(settings);
        var (plugins, programs) = Plugins(bridges, CustomTorrc.Transports(custom), TransportPlaces.OfThisMachine(settings.TransportExecutables, executable.Path));
        var proxy = settings.Proxy is { } address ? OutgoingProxy.Parse(address) : null;
        var network = new TorrcNetwork(
            [
                .. bridges.Count == 0 ? [] : bridges.Select(bridge => For(bridge, programs).Torrc()).Prepend("UseBridges 1"),
                .. plugins,
                .. (lookUp ? proxy : proxy?.WithoutName())?.Torrc(escaped: bridges.Count > 0 && bridges.All(bridge => bridge.Transport is not null)) ?? [],
                .. settings.ReachableAddresses.Count == 0 ? (string[])[] : ["ReachableAddresses " + string.Join(',', settings.ReachableAddresses)],
                .. AddressFamily(settings.AddressFamily),
                .. custom,
            ],
            [.. bridges.Select(bridge => bridge.Transport ?? BridgeLine.Plain).Distinct()])
        {
            Links = [.. programs.Values.Distinct().Where(TransportLink.IsNeeded).Select(TransportLink.For)],
            Bridges = bridges.Count,
            Proxy = proxy,
        };
        return network;
    }

    private static (IReadOnlyList<string> Lines, IReadOnlyDictionary<string, string> Programs) Plugins(
        IReadOnlyList<BridgeLine> bridges, IReadOnlySet<string> others, TransportPlaces places)
    {
        var programs = bridges.Select(bridge => bridge.Transport).OfType<string>().Distinct().Except(others).ToDictionary(transport => transport, places.Find);
        var lines = programs.GroupBy(entry => entry.Value, entry => entry.Key).Select(group =>
        {
            var path = TransportLink.IsNeeded(group.Key) ? TransportLink.For(group.Key).Name : group.Key;
            return "ClientTransportPlugin " + TorrcText.Quote($"{string.Join(',', group)} exec {path}");
        });
        return ([.. lines], programs);
    }

    private static BridgeLine For(BridgeLine bridge, IReadOnlyDictionary<string, string> programs) =>
        bridge.Transport is { } transport && programs.TryGetValue(transport, out var program) ? bridge.For(program) : bridge;

    private static string[] AddressFamily(TorAddressFamily family) => family switch
    {
        TorAddressFamily.IPv4 => ["ClientUseIPv4 1", "ClientUseIPv6 0"],
        TorAddressFamily.PreferIPv6 => ["ClientUseIPv4 1", "ClientUseIPv6 1", "ClientPreferIPv6ORPort 1"],
        TorAddressFamily.IPv6 => ["ClientUseIPv4 0", "ClientUseIPv6 1"],
        _ => [],
    };
}

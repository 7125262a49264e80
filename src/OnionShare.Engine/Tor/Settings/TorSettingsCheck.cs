using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Looks settings through before they are saved or used. What can only be known by connecting is not its part.</summary>
internal static class TorSettingsCheck
{
    // sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
    private const int LongestSocketPath = 103;

    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>, with the name of the setting as its target.</exception>
    public static void Check(TorSettings settings)
    {
        CheckConnection(settings);
        CheckNetwork(settings);
    }

    /// <param name="setting">The name of the property, as in JSON.</param>
    /// <param name="detail">What is wrong. It must not repeat a secret.</param>
    /// <param name="advice">What to do.</param>
    public static ProblemException Refused(string setting, string detail, string advice) =>
        new(ProblemCodes.TorSettings, detail, advice, setting);

    // How to come by a tor.
    private static void CheckConnection(TorSettings settings)
    {
        CheckWay(settings);
        CheckEndpoint(settings.ControlEndpoint);
        CheckSecrets(settings);
        if (settings.SocksEndpoint is { } socks && (!ControlEndpoint.TryParse(socks, out var endpoint) || endpoint.Path is not null))
        {
            throw Refused(
                "socksEndpoint", $"'{RemoteText.Show(socks)}' is no SOCKS endpoint.", "Give an address and a port: 127.0.0.1:9050, or [::1]:9050.");
        }

        CheckAddresses(settings);
        if (settings.ConnectTimeout is { } timeout && (timeout < TimeSpan.FromSeconds(1) || timeout > TimeSpan.FromDays(1)))
            throw Refused("connectTimeout", $"tor can't be waited for for {timeout}.", "Take a time from one second to one day.");
    }

    private static void CheckWay(TorSettings settings)
    {
        if (!Enum.IsDefined(settings.Connection))
            throw Refused("connection", "There is no such way to a tor.", $"Take one of {string.Join(", ", Enum.GetNames<TorConnectionType>())}.");
        if (settings.Connection == TorConnectionType.ControlEndpoint && settings.ControlEndpoint is null)
        {
            throw Refused(
                "controlEndpoint", "The tor at a control endpoint is to be used, but no endpoint is set.", "Set it: 127.0.0.1:9051, or unix:/run/tor/control.");
        }

        if (settings.Executable is not { } executable)
            return;
        if (!Path.IsPathFullyQualified(executable))
            throw Refused("executable", $"'{RemoteText.Show(executable)}' is not the whole path of a program.", "Give the path from the root on.");
        if (!File.Exists(executable))
            throw Refused("executable", $"There is no program at '{RemoteText.Show(executable)}'.", "Give the path of a tor program, or none, and the usual places are searched.");
    }

    private static void CheckEndpoint(string? text)
    {
        if (text is null)
            return;
        if (!ControlEndpoint.TryParse(text, out var endpoint))
        {
            throw Refused(
                "controlEndpoint", $"'{RemoteText.Show(text)}' is no control endpoint.", "Give an address and a port, or a socket: 127.0.0.1:9051, [::1]:9051, unix:/run/tor/control.");
        }

        if (endpoint.Path is { } path && (OperatingSystem.IsWindows() || Encoding.UTF8.GetByteCount(path) > LongestSocketPath))
        {
            throw Refused(
                "controlEndpoint", OperatingSystem.IsWindows() ? "On Windows tor listens on no unix socket." : $"The path of the socket is longer than {LongestSocketPath} bytes.",
                "Give an address and a port: 127.0.0.1:9051.");
        }
    }

    private static void CheckSecrets(TorSettings settings)
    {
        if (settings.ControlPassword is { } password && (password.Length is 0 or > 1024 || password.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0))
            throw Refused("controlPassword", "The control password is empty, very long, or has line breaks in it.", "Give the one tor's HashedControlPassword was made of.");
        if (settings.CookieFile is { } cookie && !Path.IsPathFullyQualified(cookie))
            throw Refused("cookieFile", $"'{RemoteText.Show(cookie)}' is not the whole path of a file.", "Give the path from the root on.");
    }

    private static void CheckAddresses(TorSettings settings)
    {
        var bind = Address("bindAddress", settings.BindAddress);
        var target = Address("onionTarget", settings.OnionTarget);
        if (bind is null && target is null)
            return;
        if (settings.RunsTor() || settings.ControlEndpoint is null || settings.Connection is TorConnectionType.System or TorConnectionType.TorBrowser)
        {
            throw Refused(
                bind is null ? "onionTarget" : "bindAddress", "Services listen on another address than 127.0.0.1 only for the tor at a control endpoint.",
                "Set the control endpoint, too; or take this address back.");
        }

        if (bind is not null && !IsAny(bind) && !IPAddress.IsLoopback(bind) && !AddressesOfThisMachine().Contains(bind))
        {
            throw Refused(
                "bindAddress", $"This computer has no address {bind}.", $"It has {string.Join(", ", AddressesOfThisMachine())}.");
        }

        if (target is not null && IsAny(target))
            throw Refused("onionTarget", $"Nothing can be reached at {target}.", "Give the address of this computer that tor can reach.");
        if (target is null && bind is not null && IsAny(bind))
            throw Refused("onionTarget", $"Services are to listen on every address ({bind}), and tor has to know one.", "Set the address of this computer that tor can reach, too.");
    }

    private static IPAddress? Address(string setting, string? text)
    {
        if (text is null)
            return null;

        // Short forms are taken for something else than they look like: 1 is 0.0.0.1.
        var isWhole = IPAddress.TryParse(text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId == 0 && !text.Contains('[') : address.ToString() == text);
        return isWhole ? address : throw Refused(setting, $"'{RemoteText.Show(text)}' is no IP address.", "Give one such as 10.152.152.11 or fd00::11.");
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static HashSet<IPAddress> AddressesOfThisMachine() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address)];

    // How tor reaches the Tor network: what TorrcNetwork makes lines of.
    private static void CheckNetwork(TorSettings settings)
    {
        var custom = CustomTorrc.Read(settings.Torrc);
        var bridges = BuiltInBridgeSets.BridgesOf(settings);
        CheckTransports(bridges, CustomTorrc.Transports(custom));
        if (bridges.Any(bridge => bridge.Transport is not null) && custom.FirstOrDefault(CustomTorrc.ForbidsPrograms) is { } forbids)
        {
            throw Refused(
                "torrc", $"With the torrc line '{RemoteText.Show(forbids, 80)}' tor starts no program for the transports of the bridges.", "Leave the line or the bridges out.");
        }

        foreach (var program in settings.TransportExecutables)
            CheckProgram(program);
        if (settings.Proxy is { } proxy)
            CheckProxy(OutgoingProxy.Parse(proxy), bridges);
        foreach (var address in settings.ReachableAddresses)
            ReachableAddress.Check(address);
        if (!settings.RunsTor())
            CheckForeign(settings);
    }

    // Whoever sets bridges or a proxy relies on them: that they have no effect must not pass unseen.
    private static void CheckForeign(TorSettings settings)
    {
        if (TorSetting.All.FirstOrDefault(setting => setting.OfNetwork is not null && setting.Value(settings) is not null) is { } set)
        {
            throw Refused(
                set.JsonName, $"{set.OfNetwork} set, and {settings.Describe()} is to be used: it has a configuration of its own, where they would have no effect.",
                "Take them back in the same change, and set them in that tor's torrc; or let the engine run a tor.");
        }
    }

    private static void CheckTransports(IReadOnlyList<BridgeLine> bridges, IReadOnlySet<string> named)
    {
        var unknown = bridges.Select(bridge => bridge.Transport).OfType<string>().FirstOrDefault(name => !TransportProgram.Serves(name) && !named.Contains(name));
        if (unknown is not null)
        {
            throw Refused(
                "bridges",
                $"No program is known here for the transport '{RemoteText.Show(unknown, 80)}' of a bridge line.",
                $"Look whether the line is whole. Else name the program in a torrc line of the settings: ClientTransportPlugin {RemoteText.Show(unknown, 80)} exec /path/to/program.");
        }
    }

    private static void CheckProgram(string path)
    {
        var shown = RemoteText.Show(path);
        if (!Path.IsPathFullyQualified(path) || path.Any(char.IsControl))
            throw Refused("transportExecutables", $"'{shown}' is not the whole path of a program.", "Give the path from the root on.");
        if (!File.Exists(path))
            throw Refused("transportExecutables", $"There is no program at {shown}.", "Look whether the path is right.");
        if (TransportProgram.Of(path) is null)
        {
            throw Refused(
                "transportExecutables",
                $"{shown} is none of the programs known for pluggable transports ({string.Join(", ", TransportProgram.Known.Select(program => program.Name))}).",
                $"Name it in a torrc line of the settings: ClientTransportPlugin TRANSPORT exec {shown}.");
        }
    }

    // Either tor or the transport would send other credentials than were meant: tor gives both the same text, and one of them takes it as part of a URI.
    private static void CheckProxy(OutgoingProxy proxy, IReadOnlyList<BridgeLine> bridges)
    {
        if (proxy.NeedsEscapes && bridges.Any(bridge => bridge.Transport is null) && bridges.Any(bridge => bridge.Transport is not null))
        {
            throw Refused(
                "proxy",
                "User name or password of the proxy have characters that tor can't hand to both plain bridges and transports.",
                "Take bridges that all have a transport, or none of them, or a password of letters and digits.");
        }
    }
}

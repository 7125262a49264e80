using System.Globalization;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Where tors that run by themselves usually listen for controllers.</summary>
internal static class ControlPlaces
{
    /// <summary>The system's tor: the sockets of Debian, Whonix, Homebrew and MacPorts, and the port of tor's own manual.</summary>
    public static IReadOnlyList<ControlEndpoint> System() =>
    [
        .. OperatingSystem.IsWindows() ? [] : Sockets("/run/tor/control", "/var/run/tor/control"),
        .. OperatingSystem.IsMacOS()
            ? Sockets("/opt/homebrew/var/run/tor/control", "/usr/local/var/run/tor/control", "/opt/local/var/run/tor/control")
            : [],
        ControlEndpoint.Tcp("127.0.0.1", 9051),
    ];

    /// <summary>Tor Browser's: what it tells the programs it starts, then its usual ports and sockets.</summary>
    public static IReadOnlyList<ControlEndpoint> TorBrowser(Func<string, string?> variable)
    {
        var told = new List<ControlEndpoint>();
        if (variable("TOR_CONTROL_IPC_PATH") is { Length: > 0 } path && !OperatingSystem.IsWindows() && Path.IsPathFullyQualified(path))
            told.Add(ControlEndpoint.Unix(path));
        if (int.TryParse(variable("TOR_CONTROL_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= ushort.MaxValue)
            told.Add(ControlEndpoint.Tcp(variable("TOR_CONTROL_HOST") is { Length: > 0 } host ? host : "127.0.0.1", port));
        return
        [
            .. told,
            ControlEndpoint.Tcp("127.0.0.1", 9151),
            ControlEndpoint.Tcp("127.0.0.1", 9153),
            .. OperatingSystem.IsWindows() ? [] : BrowserSockets(variable),
        ];
    }

    private static IEnumerable<ControlEndpoint> BrowserSockets(Func<string, string?> variable)
    {
        if (variable("XDG_RUNTIME_DIR") is { Length: > 0 } runtime)
            yield return ControlEndpoint.Unix(Path.Combine(runtime, "Tor", "control.socket"));

        // …/TorBrowser/Tor/tor is the program, …/TorBrowser/Data/Tor its data folder.
        foreach (var program in TorPlaces.OfThisMachine(null).Usual.Where(program => program.EndsWith("TorBrowser/Tor/tor", StringComparison.Ordinal)))
        {
            var socket = Path.Combine(Path.GetDirectoryName(program)!, "..", "Data", "Tor", "control.socket");
            if (File.Exists(socket))
                yield return ControlEndpoint.Unix(Path.GetFullPath(socket));
        }
    }

    // Often the second is only another name of the first.
    private static IEnumerable<ControlEndpoint> Sockets(params string[] paths) =>
        paths.Where(path => path == paths[0] || File.Exists(path)).DistinctBy(RealPath).Select(ControlEndpoint.Unix);

    private static string RealPath(string path)
    {
        try
        {
            var folder = Directory.ResolveLinkTarget(Path.GetDirectoryName(Path.GetDirectoryName(path))!, returnFinalTarget: true)?.FullName;
            return folder is null ? path : Path.Combine(folder, "tor", "control");
        }
        catch (IOException)
        {
            return path;
        }
    }
}

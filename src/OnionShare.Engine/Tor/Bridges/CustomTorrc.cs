namespace OnionShare.Engine.Tor.Bridges;

/// <summary>Torrc lines of the user's own, for a tor the engine runs. What the engine relies on is not for them; all else is.</summary>
internal static class CustomTorrc
{
    private const string OwnSetting = "there is a setting for it";

    // Names as in tor's manual, below the reason they are refused for. A name that ends with * stands for all that begin so.
    private static readonly (string Reason, string[] Names)[] Refused =
    [
        ("the engine sets it", [
            "DataDirectory", "SocksPort", "SocksBindAddress", "ControlPort", "ControlPortWriteToFile", "CookieAuthentication", "CookieAuthFile",
            "AvoidDiskWrites", "ShutdownWaitLength", "Log"]),
        ("it would let others control this tor", ["ControlSocket", "ControlSocketsGroupWritable", "HashedControlPassword", "CookieAuthFileGroupReadable"]),
        ("the engine would lose hold of its tor", ["RunAsDaemon", "User", "__*"]),
        ("services could not be published or checked any more", [
            "DisableNetwork", "DormantOnFirstStartup", "PublishHidServDescriptors", "FetchHidServDescriptors", "FetchServerDescriptors", "SocksPolicy"]),
        ("the engine makes the onion services", ["HiddenService*"]),
        ("services on a tor that is a relay too can be linked to it", [
            "ORPort", "ORBindAddress", "ExtORPort", "DirPort", "DirBindAddress", "BridgeRelay", "AuthoritativeDirectory", "V3AuthoritativeDirectory",
            "BridgeAuthoritativeDir", "VersioningAuthoritativeDirectory"]),
        ("what a file includes can't be checked", ["%*"]),
        (OwnSetting, [
            "UseBridges", "Bridge", "HTTPProxy", "HTTPProxyAuthenticator", "HTTPSProxy", "HTTPSProxyAuthenticator", "Socks5Proxy", "Socks5ProxyUsername",
            "Socks5ProxyPassword", "ReachableAddresses", "ClientUseIPv4", "ClientUseIPv6", "ClientPreferIPv6ORPort"]),
    ];

    /// <summary>The lines without comments and blank ones.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>, with the line and the reason.</exception>
    public static IReadOnlyList<string> Read(IEnumerable<string> lines)
    {
        var kept = lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#').ToArray();
        foreach (var line in kept)
            Check(line);
        return kept;
    }

    /// <summary>The transports for which a line names a program: <c>ClientTransportPlugin a,b exec …</c></summary>
    public static IReadOnlySet<string> Transports(IEnumerable<string> lines) => lines
        .Where(line => Name(line).Equals("ClientTransportPlugin", StringComparison.OrdinalIgnoreCase))
        .SelectMany(line => line.Trim()[Name(line).Length..].Trim(' ', '\t', '"').Split([' ', '\t'])[0].Split(','))
        .ToHashSet(StringComparer.Ordinal);

    public static bool ForbidsPrograms(string line) =>
        Name(line) is { Length: > 2 } name && IsMeant(name.TrimStart('+', '/'), "NoExec") && line.TrimEnd().EndsWith('1');

    private static void Check(string line)
    {
        if (line.Any(c => char.IsControl(c) && c != '\t') || line.EndsWith('\\'))
            throw Refuse(line, "it is more than one line", "Give each line by itself.");

        // tor takes + and / before a name, any case, and the beginning of a name for the whole.
        var name = Name(line).TrimStart('+', '/');
        if (name.Length == 0)
            throw Refuse(line, "it names no option", "Write the option's name and a value, as in tor's manual.");
        var refusals = Refused.SelectMany(entry => entry.Names, (entry, refused) => (entry.Reason, Name: refused)).Where(entry => IsMeant(name, entry.Name)).ToArray();
        if (refusals.Length == 0)
            return;
        var (reason, meant) = refusals.OrderByDescending(entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).First();
        throw Refuse(line, reason, reason == OwnSetting
            ? $"Take the setting instead of {meant} ({Setting(meant)})."
            : "Leave the line out. What only a tor of your own can do, do with that one, and let the engine connect to its control port.");
    }

    private static string Name(string line) => line.Trim().Split([' ', '\t', '#'])[0];

    private static bool IsMeant(string name, string refused) => refused.EndsWith('*')
        ? name.StartsWith(refused[..^1], StringComparison.OrdinalIgnoreCase) || (name.Length > 0 && refused[..^1].StartsWith(name, StringComparison.OrdinalIgnoreCase))
        : refused.StartsWith(name, StringComparison.OrdinalIgnoreCase);

    private static string Setting(string name) => name switch
    {
        "UseBridges" or "Bridge" => "bridges",
        "ReachableAddresses" => "reachableAddresses",
        "ClientUseIPv4" or "ClientUseIPv6" or "ClientPreferIPv6ORPort" => "addressFamily",
        _ => "proxy, which keeps its password secret",
    };

    private static ProblemException Refuse(string line, string reason, string advice) =>
        new(ProblemCodes.TorSettings, $"The torrc line '{RemoteText.Show(line, 80)}' is refused: {reason}.", advice, "torrc");
}

using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Checks the settings on how tor reaches the Tor network: those <c>TorrcNetwork</c> makes lines of.</summary>
internal static class TorNetworkCheck
{
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>.</exception>
    public static void Check(TorSettings settings)
    {
        var custom = CustomTorrc.Read(settings.Torrc);
        var bridges = BuiltInBridgeSets.BridgesOf(settings);
        CheckTransports(bridges, CustomTorrc.Transports(custom));
        if (bridges.Any(bridge => bridge.Transport is not null) && custom.FirstOrDefault(CustomTorrc.ForbidsPrograms) is { } forbids)
        {
            throw TorSettingsCheck.Refused(
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
            throw TorSettingsCheck.Refused(
                set.JsonName, $"{set.OfNetwork} set, and {settings.Describe()} is to be used: it has a configuration of its own, where they would have no effect.",
                "Take them back in the same change, and set them in that tor's torrc; or let the engine run a tor.");
        }
    }

    private static void CheckTransports(IReadOnlyList<BridgeLine> bridges, IReadOnlySet<string> named)
    {
        var unknown = bridges.Select(bridge => bridge.Transport).OfType<string>().FirstOrDefault(name => !TransportProgram.Serves(name) && !named.Contains(name));
        if (unknown is not null)
        {
            throw TorSettingsCheck.Refused(
                "bridges",
                $"No program is known here for the transport '{RemoteText.Show(unknown, 80)}' of a bridge line.",
                $"Look whether the line is whole. Else name the program in a torrc line of the settings: ClientTransportPlugin {RemoteText.Show(unknown, 80)} exec /path/to/program.");
        }
    }

    private static void CheckProgram(string path)
    {
        var shown = RemoteText.Show(path);
        if (!Path.IsPathFullyQualified(path) || path.Any(char.IsControl))
            throw TorSettingsCheck.Refused("transportExecutables", $"'{shown}' is not the whole path of a program.", "Give the path from the root on.");
        if (!File.Exists(path))
            throw TorSettingsCheck.Refused("transportExecutables", $"There is no program at {shown}.", "Look whether the path is right.");
        if (TransportProgram.Of(path) is null)
        {
            throw TorSettingsCheck.Refused(
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
            throw TorSettingsCheck.Refused(
                "proxy",
                "User name or password of the proxy have characters that tor can't hand to both plain bridges and transports.",
                "Take bridges that all have a transport, or none of them, or a password of letters and digits.");
        }
    }
}

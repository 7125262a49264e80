namespace OnionShare.Engine.Tor.Processes;

public sealed record TorOptions
{
    /// <summary>How to come by it, as it was set last.</summary>
    public TorSettings Settings { get; init; } = new();

    /// <summary>The tor program to run, in place of <see cref="TorSettings.Executable"/>; null for that one.</summary>
    public string? ExecutablePath { get; init; }

    /// <summary>A file with torrc lines of the user's own, such as bridges; null for none.</summary>
    public string? TorrcInclude { get; init; }

    /// <summary>The state folder; tor's data folders are made in it.</summary>
    public string StateFolder { get; init; } = StatePaths.StateFolder();

    /// <summary>The adapter on TorSharp; gives null where it was not built.</summary>
    internal Func<ITorAdapter?> Adapter { get; init; } = () => null;

    /// <summary>How long to wait for the connection to the Tor network, where the settings do not say.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>When tor is asked whether it still answers.</summary>
    internal HeartbeatTimes Heartbeat { get; init; } = HeartbeatTimes.Usual;
}

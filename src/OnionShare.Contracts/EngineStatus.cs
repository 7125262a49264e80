namespace OnionShare.Contracts;

public sealed record EngineStatus
{
    public required string Version { get; init; }
    public required int ProcessId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The path of its unix socket; on Windows, of its named pipe.</summary>
    public required string Socket { get; init; }
    public required string StateFolder { get; init; }

    /// <summary>Services that have not ended.</summary>
    public required int Services { get; init; }

    /// <summary>
    /// Names of saved services that the engine has brought back by itself, or is about to, because they ran detached when the last one ended. An
    /// engine that was started for a question brings them back with the first service that is started.
    /// </summary>
    public IReadOnlyList<string> ComingBack { get; init; } = [];
    public required TorStatus Tor { get; init; }
}

public enum TorState
{
    /// <summary>Not needed so far.</summary>
    Off,

    /// <summary>Being started or looked for.</summary>
    Starting,
    Bootstrapping,
    Connected,

    /// <summary>It ended or its control connection broke; it is being brought back.</summary>
    Lost,

    /// <summary>It could not be had; see <see cref="TorStatus.Error"/>.</summary>
    Failed,
}

public sealed record TorStatus
{
    public required TorState State { get; init; }

    /// <summary>How far it is in connecting, in percent.</summary>
    public int BootstrapPercent { get; init; }

    /// <summary>What it does at the moment, in tor's words.</summary>
    public string? BootstrapSummary { get; init; }

    /// <summary>The way it was come by; null before that.</summary>
    public TorConnectionType? Connection { get; init; }
    public string? Version { get; init; }

    /// <summary>What is wrong with that version, though it works: a sentence; null when nothing is known.</summary>
    public string? Weakness { get; init; }

    /// <summary>The program that runs, or the control endpoint that is used.</summary>
    public string? Source { get; init; }

    /// <summary>The process id of the tor the engine runs.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Its SOCKS endpoint, <c>127.0.0.1:port</c>.</summary>
    public string? Socks { get; init; }

    /// <summary>The pluggable transports of its bridges (obfs4, snowflake …), bridge for one without; empty when it uses none.</summary>
    public IReadOnlyList<string> Transports { get; init; } = [];
    public Problem? Error { get; init; }
}

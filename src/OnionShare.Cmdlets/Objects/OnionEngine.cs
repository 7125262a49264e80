namespace OnionShare;

/// <summary>The engine of this user, as it stood when this object was made.</summary>
public sealed class OnionEngine
{
    private readonly EngineStatus _status;

    internal OnionEngine(EngineStatus status) => _status = status;

    public string Version => _status.Version;
    public int ProcessId => _status.ProcessId;

    /// <summary>When it was started, in local time.</summary>
    public DateTime StartedAt => _status.StartedAt.LocalDateTime;

    /// <summary>Services that have not ended.</summary>
    public int Services => _status.Services;

    /// <summary>The path of its unix socket; on Windows, of its named pipe.</summary>
    public string Socket => _status.Socket;
    public string StateFolder => _status.StateFolder;
    public string Tor => _status.Tor.State.ToString();

    /// <summary>How far tor is in connecting, 0 to 100.</summary>
    public int TorPercent => _status.Tor.BootstrapPercent;

    /// <summary>What tor does at the moment, in its words.</summary>
    public string? TorSummary => _status.Tor.BootstrapSummary is { } summary ? RemoteText.Show(summary) : null;
    public string? TorVersion => _status.Tor.Version;

    /// <summary>The tor program that runs, or the control endpoint that is used.</summary>
    public string? TorSource => _status.Tor.Source;
    public int? TorProcessId => _status.Tor.ProcessId;
    public string? TorSocks => _status.Tor.Socks;
    public Problem? TorError => _status.Tor.Error;

    public override string ToString() => $"onionshare-engine {Version} (process {ProcessId})";
}

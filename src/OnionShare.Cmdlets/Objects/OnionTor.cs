namespace OnionShare;

/// <summary>tor as it stood when this object was made, and its saved settings.</summary>
public sealed class OnionTor
{
    private readonly TorStatus _status;

    internal OnionTor(TorStatus status, TorSettings settings)
    {
        _status = status;
        Settings = new OnionTorSettings(settings);
    }

    public string State => _status.State.ToString();

    /// <summary>How the engine got it; null where it is not there.</summary>
    public string? Connection => _status.Connection?.ToString();
    public string? Version => _status.Version;

    /// <summary>What is wrong with that version, though it works; null when nothing is known.</summary>
    public string? Weakness => _status.Weakness;

    /// <summary>The program that runs, or the control endpoint that is used.</summary>
    public string? Source => _status.Source;
    public int? ProcessId => _status.ProcessId;
    public string? Socks => _status.Socks;

    /// <summary>How far it is in connecting, 0 to 100.</summary>
    public int Percent => _status.BootstrapPercent;

    /// <summary>What it does at the moment, in its words.</summary>
    public string? Summary => _status.BootstrapSummary is { } summary ? RemoteText.Show(summary) : null;

    /// <summary>The pluggable transports of its bridges, bridge for one without; empty when it uses none.</summary>
    public OnionTexts Transports => new(_status.Transports);
    public Problem? Error => _status.Error;

    /// <summary>The saved settings; they are in use since tor was last connected, or will be when it is next.</summary>
    public OnionTorSettings Settings { get; }

    public override string ToString() => Version is null ? $"tor: {State}" : $"tor {Version}: {State}";
}

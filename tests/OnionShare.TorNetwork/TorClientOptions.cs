namespace OnionShare.TorNetwork;

/// <summary>What a client of the private network is like.</summary>
public sealed record TorClientOptions
{
    /// <summary>It also listens for controllers (control-spec), with cookie authentication.</summary>
    public bool ControlPort { get; init; }

    /// <summary>More lines for its torrc, such as a HiddenServiceDir.</summary>
    public IReadOnlyList<string> Torrc { get; init; } = [];

    /// <summary>Bridge lines it reaches the network by; none for the usual entries.</summary>
    public IReadOnlyList<string> Bridges { get; init; } = [];

    /// <summary>How long the bootstrap may take. The usual is 2 s.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(60);
}

namespace OnionShare.TorNetwork;

/// <summary>What a private network is like. The defaults do for onion services.</summary>
public sealed record PrivateTorNetworkOptions
{
    /// <summary>The relays can also leave the network, to loopback addresses only: what a webhook through tor needs.</summary>
    public bool ExitToLoopback { get; init; }

    /// <summary>How long the start may take. The usual is 10 s; a missed first consensus costs 20 s more.</summary>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>
    /// How often its tors write what waits (KISTSchedRunInterval). tor's own value, 10 ms, is what a circuit meets at each hop outside; with 1 ms tests
    /// wait less.
    /// </summary>
    public TimeSpan WriteInterval { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Hears in short sentences how far the start is.</summary>
    public IProgress<string>? Progress { get; init; }

    /// <summary>An existing folder to make the network's own folder in; null for the temporary folder of the user.</summary>
    public string? ParentFolder { get; init; }

    /// <summary>Where tor and tor-gencert are looked for, in the form of PATH; null for PATH and the usual places.</summary>
    public string? SearchPath { get; init; }
}

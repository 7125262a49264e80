namespace OnionShare.Contracts;

public enum TorConnectionType
{
    /// <summary>The control endpoint when one is set; else a tor program the engine finds and runs; else the one TorSharp brings, where it was installed.</summary>
    Automatic,

    /// <summary>A tor program that the engine runs.</summary>
    Own,

    /// <summary>The system's tor, at its usual control sockets and ports.</summary>
    System,

    /// <summary>The tor of a Tor Browser that runs.</summary>
    TorBrowser,

    /// <summary>The control endpoint that is set: another tor of this machine, or a remote one.</summary>
    ControlEndpoint,

    /// <summary>A tor that TorSharp runs.</summary>
    TorSharp,
}

/// <summary>Built-in sets of bridges, as the Tor Project gives them to everybody.</summary>
public enum BuiltInBridges
{
    Obfs4,

    Snowflake,

    Meek,
}

/// <summary>Which versions of the Internet Protocol tor uses to its relays.</summary>
public enum TorAddressFamily
{
    /// <summary>As tor chooses.</summary>
    Automatic,

    /// <summary>IPv4 only.</summary>
    IPv4,

    /// <summary>IPv6 where a relay has it, else IPv4.</summary>
    PreferIPv6,

    /// <summary>IPv6 only.</summary>
    IPv6,
}

/// <summary>
/// How the engine comes by its tor, and how that one reaches the Tor network. <c>GET /v1/tor/settings</c> gives it without its secrets;
/// <c>PATCH</c> takes some of its properties (RFC 7396: null takes one back to its default) and saves them after they were checked.
/// </summary>
public sealed record TorSettings
{
    public TorConnectionType Connection { get; init; }

    /// <summary>The absolute path of the tor program to run; null to look for one.</summary>
    public string? Executable { get; init; }

    /// <summary>A control endpoint: <c>127.0.0.1:9051</c>, <c>[::1]:9051</c>, or <c>unix:/run/tor/control</c>.</summary>
    public string? ControlEndpoint { get; init; }

    /// <summary>The password of that endpoint (tor's HashedControlPassword). A secret: never given out.</summary>
    public string? ControlPassword { get; init; }

    /// <summary>Whether there is a password; only given out.</summary>
    public bool? HasControlPassword { get; init; }

    /// <summary>Where the cookie of that endpoint can be read, when it is not where tor says, as in a container.</summary>
    public string? CookieFile { get; init; }

    /// <summary>The SOCKS endpoint of that tor, when it can't tell or tells one that is not reachable from here.</summary>
    public string? SocksEndpoint { get; init; }

    /// <summary>The IP address the services listen on; null for 127.0.0.1. Another one is for a tor that runs on another host.</summary>
    public string? BindAddress { get; init; }

    /// <summary>The IP address at which tor reaches the services; null for the address they listen on.</summary>
    public string? OnionTarget { get; init; }

    /// <summary>Bridge lines, as the Tor Project gives them out, with or without the word Bridge. Used instead of <see cref="BuiltInBridges"/>.</summary>
    public IReadOnlyList<string> Bridges { get; init => field = value ?? []; } = [];
    public BuiltInBridges? BuiltInBridges { get; init; }

    /// <summary>Absolute paths of programs for pluggable transports (lyrebird, obfs4proxy, snowflake-client …), looked at before the usual places.</summary>
    public IReadOnlyList<string> TransportExecutables { get; init => field = value ?? []; } = [];

    /// <summary>
    /// The proxy through which tor reaches its relays: <c>https://[user:password@]host:port</c> (HTTP CONNECT) or
    /// <c>socks5://[user:password@]host:port</c>. Given out without the password.
    /// </summary>
    public string? Proxy { get; init; }

    /// <summary>The only addresses and ports a firewall lets through, in tor's form: <c>*:80</c>, <c>*:443</c>, <c>18.0.0.0/8:9001</c>.</summary>
    public IReadOnlyList<string> ReachableAddresses { get; init => field = value ?? []; } = [];
    public TorAddressFamily AddressFamily { get; init; }

    /// <summary>Further lines for the torrc of a tor the engine runs.</summary>
    public IReadOnlyList<string> Torrc { get; init => field = value ?? []; } = [];

    /// <summary>How long to wait for the connection to the Tor network; null for 5 minutes.</summary>
    public TimeSpan? ConnectTimeout { get; init; }
}

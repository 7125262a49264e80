using System.Text.Json;

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
    IPv4,

    /// <summary>IPv6 where a relay has it, else IPv4.</summary>
    PreferIPv6,
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

/// <summary>One of <see cref="TorSettings"/>, as all know it that go through them one by one. A new setting is entered in <see cref="All"/>.</summary>
/// <param name="Name">The property of <see cref="TorSettings"/>.</param>
/// <param name="Parameter">The parameter of Set-OnionTor that sets it, which is the property of what Get-OnionTor gives, too.</param>
/// <param name="Value">Its value; null where it is as it is by default.</param>
/// <param name="Text">What a line about the settings says of that value.</param>
public sealed record TorSetting(string Name, string Parameter, Func<TorSettings, object?> Value, Func<object, string> Text)
{
    public static IReadOnlyList<TorSetting> All { get; } =
    [
        Of(nameof(TorSettings.Connection), its => its.Connection == default ? null : (TorConnectionType?)its.Connection, value => $"{value}"),
        Of(nameof(TorSettings.Executable), its => its.Executable, value => $"program {value}"),
        Of(nameof(TorSettings.ControlEndpoint), its => its.ControlEndpoint, value => $"control {value}"),
        Of(nameof(TorSettings.ControlPassword), its => its.HasControlPassword is true ? its.ControlPassword ?? "" : its.ControlPassword, _ => "with a password") with { IsSecret = true },
        Of(nameof(TorSettings.CookieFile), its => its.CookieFile, value => $"cookie {value}"),
        Of(nameof(TorSettings.SocksEndpoint), its => its.SocksEndpoint, value => $"SOCKS {value}"),
        Of(nameof(TorSettings.BindAddress), its => its.BindAddress, value => $"services on {value}"),
        Of(nameof(TorSettings.OnionTarget), its => its.OnionTarget, value => $"onions to {value}"),
        OfList(nameof(TorSettings.Bridges), its => its.Bridges, lines => $"{lines.Count} bridge line(s)") with { Parameter = "Bridge", OfNetwork = "Bridges are" },
        Of(nameof(TorSettings.BuiltInBridges), its => its.Bridges.Count > 0 ? null : its.BuiltInBridges, value => $"built-in bridges {value}") with { OfNetwork = "Bridges are" },
        OfList(nameof(TorSettings.TransportExecutables), its => its.TransportExecutables, paths => $"{paths.Count} transport program(s)") with { Parameter = "TransportExecutable" },
        Of(nameof(TorSettings.Proxy), its => its.Proxy, value => $"proxy {value}") with { OfNetwork = "A proxy is" },
        OfList(nameof(TorSettings.ReachableAddresses), its => its.ReachableAddresses, list => $"only {string.Join(' ', list)}") with { OfNetwork = "Addresses that a firewall lets through are" },
        Of(nameof(TorSettings.AddressFamily), its => its.AddressFamily == default ? null : (TorAddressFamily?)its.AddressFamily, value => $"{value}") with { OfNetwork = "An Internet Protocol is" },
        OfList(nameof(TorSettings.Torrc), its => its.Torrc, lines => $"{lines.Count} line(s) of torrc") with { OfNetwork = "Torrc lines are" },
        Of(nameof(TorSettings.ConnectTimeout), its => its.ConnectTimeout, limit => $"wait {limit?.TotalSeconds:0} s"),
    ];

    public string JsonName => JsonNamingPolicy.CamelCase.ConvertName(Name);

    /// <summary>Whether the value is given to nobody: what is told of it is that there is one.</summary>
    public bool IsSecret { get; private init; }

    /// <summary>For one that says how tor reaches its network, which only a tor follows that the engine runs: the beginning of «… set»; else null.</summary>
    public string? OfNetwork { get; private init; }

    private static TorSetting Of<T>(string name, Func<TorSettings, T?> value, Func<T, string> text) =>
        new(name, name, its => value(its), value => text((T)value));

    private static TorSetting OfList(string name, Func<TorSettings, IReadOnlyList<string>> list, Func<IReadOnlyList<string>, string> text) =>
        Of(name, its => list(its) is { Count: > 0 } set ? set : null, text);
}

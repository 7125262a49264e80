namespace OnionShare;

/// <summary>The settings of tor by name, for <c>Set-OnionTor -Reset</c>.</summary>
public enum OnionTorSetting
{
    /// <summary>All of them.</summary>
    All,

    /// <summary>The way to come by tor.</summary>
    Connection,

    /// <summary>The tor program to run.</summary>
    Executable,

    /// <summary>The control endpoint.</summary>
    ControlEndpoint,

    /// <summary>Its password.</summary>
    ControlPassword,

    /// <summary>Its cookie file.</summary>
    CookieFile,

    /// <summary>The SOCKS endpoint.</summary>
    SocksEndpoint,

    /// <summary>The IP address services listen on.</summary>
    BindAddress,

    /// <summary>The IP address at which tor reaches the services.</summary>
    OnionTarget,

    /// <summary>The bridge lines.</summary>
    Bridge,

    /// <summary>The built-in set of bridges.</summary>
    BuiltInBridges,

    /// <summary>Programs for pluggable transports.</summary>
    TransportExecutable,

    /// <summary>The proxy between tor and its relays.</summary>
    Proxy,

    /// <summary>The only addresses and ports a firewall lets through.</summary>
    ReachableAddresses,

    /// <summary>The Internet Protocol to the relays.</summary>
    AddressFamily,

    /// <summary>Further lines for the torrc.</summary>
    Torrc,

    /// <summary>How long to wait for the connection.</summary>
    ConnectTimeout,
}

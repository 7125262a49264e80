namespace OnionShare;

/// <summary>The settings of tor by name, for <c>Set-OnionTor -Reset</c>.</summary>
public enum OnionTorSetting
{
    All,
    Connection,
    Executable,
    ControlEndpoint,
    ControlPassword,
    CookieFile,
    SocksEndpoint,
    BindAddress,
    OnionTarget,
    Bridge,
    BuiltInBridges,
    TransportExecutable,

    /// <summary>The proxy between tor and its relays.</summary>
    Proxy,

    /// <summary>The only addresses and ports a firewall lets through.</summary>
    ReachableAddresses,
    AddressFamily,
    Torrc,
    ConnectTimeout,
}

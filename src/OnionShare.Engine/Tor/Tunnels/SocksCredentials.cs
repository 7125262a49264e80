namespace OnionShare.Engine.Tor.Tunnels;

/// <summary>A user name and a password for a SOCKS 5 proxy (RFC 1929). tor keeps streams with different ones on different circuits.</summary>
/// <param name="User">1 to 255 bytes of UTF-8.</param>
/// <param name="Password">1 to 255 bytes of UTF-8.</param>
internal sealed record SocksCredentials(string User, string Password)
{
    /// <summary>Whether a proxy that does not ask for them is taken as well. Not for tor and transports, to which they say more than who one is.</summary>
    public bool Optional { get; init; }

    public override string ToString() => nameof(SocksCredentials);
}

namespace OnionShare.Engine.Tor.Tunnels;

/// <summary>A proxy did not open a connection. The message says what it answered, and names no secret.</summary>
internal sealed class TunnelException(string message, Exception? cause = null) : IOException(message, cause)
{
    /// <summary>The code of a SOCKS 5 reply (RFC 1928 §6; tor's own begin at 0xF0, socks-extensions); null when it was something else.</summary>
    public int? Reply { get; init; }
}

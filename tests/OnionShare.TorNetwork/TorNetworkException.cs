namespace OnionShare.TorNetwork;

/// <summary>The private Tor network, or a client of it, could not be started. The message says what happened and what to do.</summary>
public sealed class TorNetworkException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Another program took one of the ports between looking and listening; other ports may do.</summary>
    internal bool PortWasTaken { get; init; }
}

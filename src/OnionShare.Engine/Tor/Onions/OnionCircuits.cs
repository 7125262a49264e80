using System.Net;
using System.Net.NetworkInformation;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>
/// The visitors' circuits of an onion. Three places hold bytes that a service's web server has written: the sockets between the server and
/// tor, for as long as the visitor's tor tells ours to wait, which it does for minutes when the visitor is slow; then the circuit,
/// whose cells move at the speed of the network; then the visitor's own tor, which delivers what it has even when ours is gone.
/// </summary>
internal sealed class OnionCircuits(TorSession session, string serviceId, IPEndPoint local)
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(200);

    // tor tells a circuit's bandwidth once a second, and only when there was some: less silence than two rounds says nothing.
    private static readonly TimeSpan LeastQuiet = TimeSpan.FromSeconds(2.5);

    private readonly Lock _lock = new();
    private HashSet<string> _circuits = [];
    private long _lastTraffic;

    /// <summary>Waits until what was written is with the visitors; the time limit ends it without an error, a lost tor too.</summary>
    public async Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken)
    {
        quiet = quiet > LeastQuiet ? quiet : LeastQuiet;
        var time = session.Time;
        var since = time.GetTimestamp();
        session.Control.EventReceived += Take;
        try
        {
            await using var watch = await session.Control.WatchAsync("CIRC_BW", cancellationToken);
            lock (_lock)
                _lastTraffic = time.GetTimestamp();
            while (time.GetElapsedTime(since) < limit && !session.Ended.IsCompleted)
            {
                if (HoldsBytes(local))
                {
                    lock (_lock)
                        _lastTraffic = time.GetTimestamp();
                }
                else if (!await RefreshAsync(cancellationToken) || Quiet(time) >= quiet)
                {
                    return;
                }

                await Task.Delay(Step, time, cancellationToken);
            }
        }
        catch (ControlClosedException)
        {
            // With tor gone there is nothing left to wait for; what is lost with it, a resumed download fetches again.
        }
        finally
        {
            session.Control.EventReceived -= Take;
        }
    }

    /// <summary>Closes every rendezvous circuit of an onion; false where a filter in front of tor does not tell of circuits.</summary>
    public static async Task<bool> CutAsync(TorSession session, string serviceId)
    {
        ControlReply status;
        try
        {
            status = await session.Control.SendAsync("GETINFO circuit-status", CancellationToken.None);
        }
        catch (ControlRefusedException)
        {
            return false;
        }

        foreach (var circuit in Rendezvous(status.Value("circuit-status"), serviceId))
        {
            try
            {
                await session.Control.SendAsync("CLOSECIRCUIT " + circuit, CancellationToken.None);
            }
            catch (ControlRefusedException)
            {
                // It was closed by itself in the meantime.
            }
        }

        return true;
    }

    /// <summary>
    /// Whether a connection between tor and the server is half closed: the server is done with it, tor has not read it to its end. tor
    /// closes its side when it has put the last byte into a cell. Of a tor on another host only the server's end is seen here.
    /// </summary>
    internal static bool HoldsBytes(IPEndPoint local)
    {
        foreach (var connection in IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpConnections())
        {
            if (IsAt(connection.LocalEndPoint, local) && connection.State is TcpState.FinWait1 or TcpState.FinWait2 or TcpState.Closing)
                return true;
            if (IsAt(connection.RemoteEndPoint, local) && connection.State is TcpState.CloseWait)
                return true;
        }

        return false;
    }

    /// <summary>The ids of the open rendezvous circuits of a service, from the reply to <c>GETINFO circuit-status</c>.</summary>
    internal static HashSet<string> Rendezvous(string? circuitStatus, string serviceId)
    {
        var circuits = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in (circuitStatus ?? "").Split('\n'))
        {
            if (ControlText.Attribute(line, "PURPOSE") == "HS_SERVICE_REND" && ControlText.Attribute(line, "REND_QUERY") == serviceId)
                circuits.Add(line.Split(' ', 2)[0]);
        }

        return circuits;
    }

    // Whether there are circuits, as far as tor, or a filter in front of it, tells.
    private async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        ControlReply reply;
        try
        {
            reply = await session.Control.SendAsync("GETINFO circuit-status", cancellationToken);
        }
        catch (ControlRefusedException)
        {
            return true; // then only the time of quiet tells that all has arrived
        }

        var circuits = Rendezvous(reply.Value("circuit-status"), serviceId);
        lock (_lock)
            _circuits = circuits;
        return circuits.Count > 0;
    }

    private TimeSpan Quiet(TimeProvider time)
    {
        lock (_lock)
            return time.GetElapsedTime(_lastTraffic);
    }

    private void Take(ControlEvent happened)
    {
        if (happened.Type != "CIRC_BW" || ControlText.Attribute(happened.Text, "ID") is not { } id)
            return;
        lock (_lock)
        {
            if (_circuits.Contains(id))
                _lastTraffic = session.Time.GetTimestamp();
        }
    }

    private static bool IsAt(IPEndPoint endpoint, IPEndPoint local) =>
        endpoint.Port == local.Port && (endpoint.Address.Equals(local.Address) || local.Address.Equals(IPAddress.Any) || local.Address.Equals(IPAddress.IPv6Any));
}

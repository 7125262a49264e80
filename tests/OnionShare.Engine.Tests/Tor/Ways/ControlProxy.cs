using System.Net;
using System.Net.Sockets;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>Stands between the engine and a tor's control port, and can cut what goes through it, or hold it back without a word.</summary>
internal sealed class ControlProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly IPEndPoint _target;
    private readonly CancellationTokenSource _end = new();
    private readonly List<TcpClient> _open = [];
    private readonly Task _serving;

    public ControlProxy(IPEndPoint target)
    {
        _target = target;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Endpoint => _listener.LocalEndpoint.ToString()!;

    /// <summary>How many connections it has carried.</summary>
    public int Carried { get; private set; }

    /// <summary>Cuts every connection that is open.</summary>
    public void Cut()
    {
        lock (_open)
        {
            foreach (var client in _open) client.Dispose();
            _open.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Cut();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var carrying = new List<Task>();
        try
        {
            while (true)
            {
                var from = await _listener.AcceptTcpClientAsync(_end.Token);
                var to = new TcpClient();
                await to.ConnectAsync(_target, _end.Token);
                lock (_open) _open.AddRange([from, to]);
                Carried++;
                carrying.Add(CarryAsync(from, to));
                carrying.Add(CarryAsync(to, from));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(carrying);
        }
    }

    private async Task CarryAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream(), _end.Token);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException or OperationCanceledException)
        {
            // It was cut, which is what this is for.
        }
        finally
        {
            from.Dispose();
            to.Dispose();
        }
    }
}

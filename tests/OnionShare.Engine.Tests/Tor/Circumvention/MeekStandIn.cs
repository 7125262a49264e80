using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>
/// A meek server on 127.0.0.1: the bodies of a session's POST requests go to a TCP port in their order, and what comes back goes out in the bodies of
/// the answers. The session is told by the header X-Session-Id.
/// </summary>
internal sealed class MeekStandIn : IAsyncDisposable
{
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(100);
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, Lazy<Task<Session>>> _sessions = new(StringComparer.Ordinal);

    private MeekStandIn(WebApplication app) => _app = app;

    public int Port { get; private set; }

    /// <summary>How many sessions there were.</summary>
    public int Sessions => _sessions.Count;

    /// <summary>The Host headers that came.</summary>
    public ConcurrentQueue<string> Hosts { get; } = new();

    public static async Task<MeekStandIn> StartAsync(int target)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var meek = new MeekStandIn(builder.Build());
        meek._app.Run(context => meek.ExchangeAsync(context, target));
        await meek._app.StartAsync();
        meek.Port = new Uri(meek._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return meek;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        foreach (var session in _sessions.Values)
            await (await session.Value).DisposeAsync();
    }

    private async Task ExchangeAsync(HttpContext context, int target)
    {
        if (context.Request.Headers["X-Session-Id"].ToString() is not { Length: > 0 } id)
        {
            context.Response.StatusCode = 400;
            return;
        }

        Hosts.Enqueue(context.Request.Host.Value!);
        var session = await _sessions.GetOrAdd(id, _ => new(() => Session.OpenAsync(target))).Value;
        await session.ExchangeAsync(context.Request.Body, context.Response.Body, context.RequestAborted);
    }

    private sealed class Session(Socket socket) : IAsyncDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);
        private readonly SemaphoreSlim _turn = new(1, 1);

        public static async Task<Session> OpenAsync(int target)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(IPAddress.Loopback, target);
            return new Session(socket);
        }

        public async Task ExchangeAsync(Stream up, Stream down, CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            try
            {
                await up.CopyToAsync(_stream, cancellationToken);

                // Holding an answer back a little is the protocol: it waits for something to put in.
                using var hold = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                hold.CancelAfter(Hold);
                var buffer = new byte[0x8000];
                await socket.ReceiveAsync(Memory<byte>.Empty, hold.Token).AsTask().ContinueWith(_ => { }, TaskScheduler.Default);
                if (socket.Available > 0)
                    await down.WriteAsync(buffer.AsMemory(0, await _stream.ReadAsync(buffer, cancellationToken)), cancellationToken);
            }
            finally
            {
                _turn.Release();
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _stream.DisposeAsync();
            _turn.Dispose();
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Web;

/// <summary>
/// The web server of one service: a Kestrel of its own on 127.0.0.1, or where a remote tor can reach it. Every request passes, in this order: response headers, error pages, the
/// Host check, the password gate, the origin check, and only then the mode's routes.
/// </summary>
public sealed class ServiceWebServer : IServiceServer
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;
    private readonly HostFilter _hosts = new();
    private readonly PasswordGate? _gate;
    private readonly OpenConnections _connections = new();
    private MovableListener? _listener;

    private ServiceWebServer(Socket socket, ServiceContext context, IServiceMode mode, ILoggerFactory loggers)
    {
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.Services.AddRazorComponents();
        builder.Services.AddSingleton<IComponentActivator, PlainActivator>();
        // Only what has a meaning in HTML is encoded: the usual encoder makes eight bytes of each letter that is not Latin.
        builder.Services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        KeepNoKeys(builder.Services);
        // How long the last bytes may take is the caller's to say (see FlushAsync); the host's own limit, 30 s, would cut slow visitors.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Timeout.InfiniteTimeSpan);
        builder.Services.AddSingleton<StaticAssets>();
        builder.Services.AddSingleton(context);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => TorLimits.Apply(kestrel, mode.MaxRequestBodySize, _connections))
            .UseSockets(sockets =>
            {
                sockets.Backlog = TorLimits.Connections; // its own, 512, has a crowd that comes at once cut off
                // What came in is worked on by the thread of the pool that received it, and sent by the one that made it: a hand-over to another for every
                // block costs more than the block. One that waits for a slow disk keeps only its own connection.
                sockets.UnsafePreferInlineScheduling = true;
            });
        builder.Services.AddSingleton<DiagnosticSource>(new HiddenClock());
        // After Kestrel's own, which would win otherwise.
        if (mode.MaxRequestBodySize is null)
            builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new LargeBlocks());
        builder.Services.AddSingleton<IConnectionListenerFactory>(services =>
            _listener = new MovableListener(socket, services.GetRequiredService<IOptions<SocketTransportOptions>>().Value, loggers));
        _app = builder.Build();

        if (context.Password is not null) _gate = new PasswordGate(context.Password, GateOptions(context), context.Time);
        _app.Use(new SecurityHeaders(mode.ContentSecurityPolicy).InvokeAsync);
        _app.Use(ErrorPages.InvokeAsync);
        _app.Use(_hosts.InvokeAsync);
        if (_gate is not null) _app.Use(_gate.InvokeAsync);
        _app.Use(_connections.MarkAsync);
        _app.Use(async (http, next) =>
        {
            context.OwnVisits.Enter(http.Request.Headers[OwnVisits.Header]);
            await next(http);
        });
        _app.Use(OriginFilter.InvokeAsync);
        _app.UseWebSockets(); // behind all that refuses: who is not let in gets no upgrade
        _app.UseRouting();
        _app.Services.GetRequiredService<StaticAssets>().Map(_app);
        mode.MapRoutes(_app, context);
        _app.UseEndpoints(_ => { });
        if (mode.Fallback(context) is { } fallback) _app.Run(fallback);
    }

    public int Port { get; private set; }

    /// <summary>Starts the server of a service. Until <see cref="Serve"/> is called it refuses every request.</summary>
    public static async Task<IServiceServer> StartAsync(
        ServiceContext context, IServiceMode mode, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var socket = ServiceSocket.Listen(IPAddress.Loopback);
        ServiceWebServer? server = null;
        try
        {
            server = new ServiceWebServer(socket, context, mode, loggers);
            await server._app.StartAsync(cancellationToken);
            return server;
        }
        catch
        {
            if (server is not null) await server.DisposeAsync();
            socket.Dispose();
            throw;
        }
    }

    public async Task<IPEndPoint> ListenAtAsync(IPAddress address, CancellationToken cancellationToken)
    {
        var endpoint = await _listener!.MoveAsync(address, cancellationToken);
        Port = endpoint.Port;
        return endpoint;
    }

    public void Serve(params IEnumerable<string> hosts) =>
        _hosts.Allow(hosts.SelectMany(host => new[] { host, host.Replace("127.0.0.1", "localhost", StringComparison.Ordinal) }));

    public void Guard(string? password, int guessLimit)
    {
        if (_gate is null) return;
        if (password is not null) _gate.Replace(password);
        _gate.GuessLimit = guessLimit;
    }

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        _gate?.Dispose();
        var stopped = _app.StopAsync(cancellationToken);
        // Again and again: one that had been accepted just before may come to be known just after.
        do _connections.AbortStrangers();
        while (await Task.WhenAny(stopped, Task.Delay(Moment, CancellationToken.None)) != stopped);
        await stopped;
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Abort() => _connections.AbortAll();

    public async ValueTask DisposeAsync()
    {
        _gate?.Dispose();
        _connections.AbortAll();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // the limit is no error: all is cut by then
        await _app.DisposeAsync();
    }

    // Razor components bring in data protection, which writes keys below the user's home folder at the start. Nothing here needs
    // keys that outlive the process, and no trace is to be left.
    private static void KeepNoKeys(IServiceCollection services)
    {
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        var home = typeof(EphemeralDataProtectionProvider).Assembly;
        foreach (var starter in services.Where(service => service.ServiceType == typeof(IHostedService) && service.ImplementationType?.Assembly == home).ToArray())
            services.Remove(starter);
    }

    private static PasswordGateOptions GateOptions(ServiceContext context) => new()
    {
        GuessLimit = context.GuessLimit,
        WrongPassword = count =>
        {
            if (context.GuessLimit > 0) context.Warn($"A wrong password was tried: {count} of {context.GuessLimit} different ones.");
            // Guesses without an end must not push out every other warning.
            else if (count <= 10 || BitOperations.IsPow2(count)) context.Warn($"A wrong password was tried, the {count}. so far.");
        },
        LimitReached = count =>
        {
            context.Warn($"{count} different wrong passwords were tried: the service stops. Somebody has the address and guesses.");
            context.Finish(StopReason.PasswordGuessing);
        },
    };
}

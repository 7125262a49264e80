using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web;

/// <summary>
/// The web server of one service: a Kestrel of its own on 127.0.0.1. Every request passes, in this order: response headers, error pages, the
/// Host check, the password gate, the origin check, and only then the mode's routes.
/// </summary>
public sealed class ServiceWebServer : IServiceServer
{
    private readonly WebApplication _app;
    private readonly HostFilter _hosts = new();
    private readonly PasswordGate? _gate;
    private readonly OpenConnections _connections = new();

    private ServiceWebServer(ServiceContext context, IServiceMode mode, ILoggerFactory loggers)
    {
        var socket = LoopbackSocket.Listen();
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddRoutingCore();
        builder.Services.AddRazorComponents();
        builder.Services.AddSingleton<StaticAssets>();
        builder.Services.AddSingleton(context);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => TorLimits.Apply(kestrel, mode.MaxRequestBodySize, _connections))
            .UseSockets(sockets => sockets.CreateBoundListenSocket = _ => socket);
        _app = builder.Build();

        if (context.Password is not null) _gate = new PasswordGate(context.Password, Guard(context), context.Time);
        _app.Use(new SecurityHeaders(mode.ContentSecurityPolicy).InvokeAsync);
        _app.Use(ErrorPages.InvokeAsync);
        _app.Use(_hosts.InvokeAsync);
        if (_gate is not null) _app.Use(_gate.InvokeAsync);
        _app.Use(OriginFilter.InvokeAsync);
        _app.UseRouting();
        _app.Services.GetRequiredService<StaticAssets>().Map(_app);
        mode.MapRoutes(_app, context);
        _app.UseEndpoints(_ => { });
    }

    /// <inheritdoc/>
    public int Port { get; }

    /// <summary>Starts the server of a service. Until <see cref="Serve"/> is called it refuses every request.</summary>
    public static async Task<IServiceServer> StartAsync(
        ServiceContext context, IServiceMode mode, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var server = new ServiceWebServer(context, mode, loggers);
        await server._app.StartAsync(cancellationToken);
        return server;
    }

    /// <inheritdoc/>
    public void Serve(string host) => _hosts.Allow(host, host.Replace("127.0.0.1", "localhost", StringComparison.Ordinal));

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken) => _app.StopAsync(cancellationToken);

    /// <inheritdoc/>
    public void Abort() => _connections.AbortAll();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _gate?.Dispose();
        _connections.AbortAll();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private static PasswordGateOptions Guard(ServiceContext context) => new()
    {
        GuessLimit = context.GuessLimit,
        WrongPassword = count => context.Warn(
            context.GuessLimit == 0 ? $"A wrong password was tried, the {count}. so far." : $"A wrong password was tried: {count} of {context.GuessLimit} different ones."),
        LimitReached = count =>
        {
            context.Warn($"{count} different wrong passwords were tried: the service stops. Somebody has the address and guesses.");
            context.Finish(StopReason.PasswordGuessing);
        },
    };
}

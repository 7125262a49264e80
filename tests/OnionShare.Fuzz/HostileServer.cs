using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace OnionShare.Fuzz;

/// <summary>A server on 127.0.0.1 that answers whatever it is told to.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    public HostileServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(http => Answer(http));
    }

    /// <summary>What answers now.</summary>
    public RequestDelegate Answer { get; set; } = _ => Task.CompletedTask;

    /// <summary>Its address.</summary>
    public string Url { get; private set; } = "";

    public async Task StartAsync()
    {
        await _app.StartAsync();
        Url = _app.Urls.First();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

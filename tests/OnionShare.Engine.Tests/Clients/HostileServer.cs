using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>A server on 127.0.0.1 that answers whatever a test makes it answer.</summary>
internal sealed class HostileServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _requests;

    private HostileServer(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(http =>
        {
            Interlocked.Increment(ref _requests);
            return answer(http);
        });
    }

    public int Requests => Volatile.Read(ref _requests);

    public string Url { get; private set; } = "";

    public static async Task<HostileServer> StartAsync(RequestDelegate answer)
    {
        var server = new HostileServer(answer);
        await server._app.StartAsync(Cancel);
        server.Url = server._app.Urls.First();
        return server;
    }

    /// <summary>A server that offers one download in this program's way.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">The length it says.</param>
    /// <param name="download">What answers for the bytes.</param>
    /// <param name="sha256">The hash it says.</param>
    /// <param name="files">More of the index.</param>
    public static Task<HostileServer> ShareAsync(string name, long length, RequestDelegate download, string? sha256 = null, string files = "[]")
    {
        var type = name.EndsWith(".zip", StringComparison.Ordinal) ? "application/zip" : "application/octet-stream";
        var hash = sha256 is null ? "" : $",\"sha256\":\"{sha256}\"";
        var index = $$$"""{"schema":1,"mode":"share","download":{"url":"/download","name":{{{System.Text.Json.JsonSerializer.Serialize(name)}}},"type":"{{{type}}}","length":{{{length}}},"etag":"\"1\""{{{hash}}}},"files":{{{files}}}}""";
        return StartAsync(http =>
        {
            if (http.Request.Path == "/download") return download(http);
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(index);
        });
    }

    /// <summary>Answers ranges as a good server does.</summary>
    public static RequestDelegate Honest(byte[] bytes) => async http =>
    {
        var (start, end) = Range(http, bytes.Length);
        http.Response.StatusCode = 206;
        http.Response.Headers.ContentRange = $"bytes {start}-{end - 1}/{bytes.Length}";
        http.Response.ContentLength = end - start;
        if (HttpMethods.IsGet(http.Request.Method)) await http.Response.Body.WriteAsync(bytes.AsMemory((int)start, (int)(end - start)));
    };

    /// <summary>The range that is asked for; the end is exclusive.</summary>
    public static (long Start, long End) Range(HttpContext http, long length)
    {
        var range = http.Request.GetTypedHeaders().Range?.Ranges.Single();
        return (range?.From ?? 0, (range?.To ?? (length - 1)) + 1);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

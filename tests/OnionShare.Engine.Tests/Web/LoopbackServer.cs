using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>A bare Kestrel on a free port of 127.0.0.1 with the middleware under test.</summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private LoopbackServer(WebApplication app, Uri address)
    {
        _app = app;
        Client = new HttpClient { BaseAddress = address, Timeout = Until.Limit };
    }

    public HttpClient Client { get; }

    public string Host => Client.BaseAddress!.Authority;

    public static async Task<LoopbackServer> StartAsync(Action<WebApplication> use)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        use(app);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new LoopbackServer(app, new Uri(address));
    }

    public static Task<LoopbackServer> StartAsync(RequestDelegate endpoint) => StartAsync(app => app.Run(endpoint));

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public Task<HttpResponseMessage> GetAsync(params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, "/", headers);

    /// <summary>The body, within a limit.</summary>
    public static Task<byte[]> BytesAsync(HttpResponseMessage response)
    {
        var abort = Cancel;
        return response.Content.ReadAsByteArrayAsync(abort).WaitAsync(Until.Limit, abort);
    }

    /// <summary>Sends text as it is and returns all that comes until the server closes.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Client.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var limit = new CancellationTokenSource(Until.Limit);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(limit.Token);
    }

    /// <summary>Sends text as it is and returns the first head that comes, then hangs up.</summary>
    public async Task<string> SendRawForHeadAsync(string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Client.BaseAddress!.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request));
        using var limit = new CancellationTokenSource(Until.Limit);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        var head = new StringBuilder();
        while (await reader.ReadLineAsync(limit.Token) is { Length: > 0 } line) head.Append(line).Append('\n');
        return head.ToString();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}

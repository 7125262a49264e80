using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Website;

/// <summary>A website service over real HTTP, on 127.0.0.1, and the folder it serves.</summary>
internal sealed class RunningWebsite : IAsyncDisposable
{
    private static readonly TimeSpan Limit = Until.Limit;

    private readonly Engine _engine;

    private RunningWebsite(SiteFolder folder, Engine engine, Service service)
    {
        Folder = folder;
        _engine = engine;
        Service = service;
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None };
        Client = new HttpClient(handler) { BaseAddress = new Uri(service.Status.Url!), Timeout = Limit };
    }

    public SiteFolder Folder { get; }

    public Service Service { get; }

    public HttpClient Client { get; }

    /// <summary>Serves the folder, unless the request names other paths.</summary>
    public static async Task<RunningWebsite> StartAsync(SiteFolder folder, Func<WebsiteRequest, WebsiteRequest>? change = null, TimeProvider? clock = null)
    {
        var request = new WebsiteRequest { Paths = [folder.Root], LocalOnly = true, Public = true };
        var engine = new Engine(new EngineOptions { StateFolder = Path.Join(folder.Above, "state") }, clock ?? TimeProvider.System);
        try
        {
            using var events = engine.Events.Listen();
            var service = await engine.Services.StartAsync(change?.Invoke(request) ?? request, Cancel);
            await Until.ServiceAsync(events, service, status => status.State is ServiceState.Running or ServiceState.Failed);
            Assert.Equal(ServiceState.Running, service.Status.State);
            return new RunningWebsite(folder, engine, service);
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    public async Task<string> TextAsync(string path)
    {
        using var response = await GetAsync(path);
        return await response.Content.ReadAsStringAsync(Cancel);
    }

    /// <summary>Asks for a target exactly as it is written and returns the status and all of the answer.</summary>
    public async Task<(int Status, string Answer)> RawAsync(string target, string method = "GET")
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port, Cancel);
        var request = $"{method} {target} HTTP/1.1\r\nHost: {Client.BaseAddress.Authority}\r\nConnection: close\r\n\r\n";
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
        using var reader = new StreamReader(client.GetStream(), Encoding.UTF8);
        var answer = await reader.ReadToEndAsync(Cancel).WaitAsync(Limit, Cancel);
        return (int.Parse(answer.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture), answer);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _engine.DisposeAsync();
        Folder.Dispose();
    }
}

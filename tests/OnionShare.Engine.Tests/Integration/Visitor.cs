using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Somebody who was given a URL.</summary>
internal sealed class Visitor : IDisposable
{
    private readonly Uri _url;

    public Visitor(string url, string agent = "Visitor/1.0", HttpMessageHandler? handler = null)
    {
        _url = new Uri(url);
        Client = new HttpClient(handler ?? new SocketsHttpHandler { UseProxy = false, MaxConnectionsPerServer = 1000 })
        {
            BaseAddress = new Uri($"http://{_url.Authority}/"),
            Timeout = TimeSpan.FromMinutes(3),
        };
        if (_url.UserInfo.Length > 0)
            Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_url.UserInfo))));
        Client.DefaultRequestHeaders.UserAgent.ParseAdd(agent);
    }

    public HttpClient Client { get; }

    public string Host => _url.Authority;

    /// <summary>The line that proves the password, for requests written by hand.</summary>
    public string Authorization => $"Authorization: {Client.DefaultRequestHeaders.Authorization}\r\n";

    public Task<byte[]> DownloadAsync(string path = "/download") => Client.GetByteArrayAsync(path, Cancel);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers) Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
    }

    public Task<HttpResponseMessage> GetAsync(string path, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, path, headers);

    /// <summary>Opens a connection and sends text as it is. With a small receive buffer, so that what is not read stays with the server.</summary>
    public async Task<TcpClient> ConnectAsync(string text)
    {
        var client = new TcpClient { ReceiveBufferSize = 4096, NoDelay = true };
        await client.ConnectAsync(_url.Host, _url.Port, Cancel);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), Cancel);
        return client;
    }

    /// <summary>A GET as it goes over the wire.</summary>
    public string Get(string path, string more = "") => $"GET {path} HTTP/1.1\r\nHost: {Host}\r\n{Authorization}{more}\r\n";

    /// <summary>Sends text as it is; all that comes until the server closes.</summary>
    public async Task<string> RawAsync(string text)
    {
        using var client = await ConnectAsync(text);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(EngineProcess.Limit);
        using var reader = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await reader.ReadToEndAsync(limit.Token);
    }

    /// <summary>Begins a download, reads that many bytes of the answer, and hangs up in the middle.</summary>
    public async Task BreakOffAsync(int bytes, string path = "/download")
    {
        using var client = await ConnectAsync(Get(path));
        var buffer = new byte[bytes];
        await client.GetStream().ReadExactlyAsync(buffer, Cancel);
        client.Client.LingerState = new LingerOption(true, 0);
    }

    public void Dispose() => Client.Dispose();
}

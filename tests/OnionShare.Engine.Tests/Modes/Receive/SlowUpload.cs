using System.Net.Sockets;
using System.Text;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>A form with one file that is sent by hand, as far as the test wants; returns when the service has all that was sent.</summary>
internal sealed class SlowUpload : IAsyncDisposable
{
    private const string Tail = "\r\n--frontier--\r\n";

    private readonly TcpClient _client = new();

    public static async Task<SlowUpload> BeginAsync(Inboxed inbox, string name, byte[] first, int total, string path = "/upload")
    {
        var upload = new SlowUpload();
        var head = $"--frontier\r\nContent-Disposition: form-data; name=\"file[]\"; filename=\"{name}\"\r\n\r\n";
        await upload._client.ConnectAsync("127.0.0.1", inbox.Port);
        await upload.SendAsync(Encoding.ASCII.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{inbox.Port}\r\nContent-Type: multipart/form-data; boundary=frontier\r\n"
            + $"Content-Length: {head.Length + total + Tail.Length}\r\nConnection: close\r\n\r\n{head}"));
        var before = inbox.Transfers.Count;
        await upload.SendAsync(first);
        await Until.TrueAsync(() => inbox.Transfers.Count > before);
        return upload;
    }

    /// <summary>Sends the rest and returns the answer.</summary>
    public async Task<string> FinishAsync(byte[] rest)
    {
        await SendAsync(rest);
        await SendAsync(Encoding.ASCII.GetBytes(Tail));
        return await AnswerAsync();
    }

    /// <summary>The answer; empty when the connection is cut without one.</summary>
    public Task<string> AnswerAsync() => ReadAsync(_client.GetStream());

    /// <summary>Sends more.</summary>
    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    /// <summary>Cuts the connection, as a lost circuit does.</summary>
    public void Cut()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    /// <summary>Ends what is sent, as a visitor who hangs up does, and returns the answer.</summary>
    public async Task<string> HangUpAsync()
    {
        using var stream = _client.GetStream(); // not to be had once the socket is shut
        _client.Client.Shutdown(SocketShutdown.Send);
        return await ReadAsync(stream);
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<string> ReadAsync(NetworkStream stream)
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            return await reader.ReadToEndAsync(limit.Token);
        }
        catch (IOException)
        {
            return "";
        }
    }
}

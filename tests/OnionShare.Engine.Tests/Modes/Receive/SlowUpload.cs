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
    public async Task<string> AnswerAsync()
    {
        using var limit = new CancellationTokenSource(Until.Limit);
        using var reader = new StreamReader(_client.GetStream(), Encoding.UTF8);
        try
        {
            return await reader.ReadToEndAsync(limit.Token);
        }
        catch (IOException)
        {
            return "";
        }
    }

    /// <summary>Sends more.</summary>
    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes);

    /// <summary>Cuts the connection, as a lost circuit does.</summary>
    public void Cut()
    {
        _client.Client.LingerState = new LingerOption(true, 0);
        _client.Close();
    }

    public ValueTask DisposeAsync()
    {
        _client.Dispose();
        return ValueTask.CompletedTask;
    }
}

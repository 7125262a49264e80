using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>A web server on 127.0.0.1 that answers each connection with one body and closes it, as auto-stop does.</summary>
internal sealed class OneBodyServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly TaskCompletionSource _handedOver = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;

    public OneBodyServer(byte[] body)
    {
        _listener.Start();
        _serving = ServeAsync(body);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Completes when a whole body has been handed over to the system and its connection closed.</summary>
    public Task HandedOver => _handedOver.Task;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync(byte[] body)
    {
        var answers = new List<Task>();
        try
        {
            while (true)
                answers.Add(AnswerAsync(await _listener.AcceptSocketAsync(_end.Token), body));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(answers);
        }
    }

    private async Task AnswerAsync(Socket socket, byte[] body)
    {
        using var closing = socket;
        try
        {
            await using var stream = new NetworkStream(socket);
            if (await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false, _end.Token) == 0) return;
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"), _end.Token);
            await stream.WriteAsync(body, _end.Token);
            socket.Shutdown(SocketShutdown.Both);
            socket.Close();
            _handedOver.TrySetResult();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            _handedOver.TrySetException(e);
        }
    }
}

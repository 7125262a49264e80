using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>
/// What stands behind the throw-away onion of a diagnosis: it answers one path, which nobody can guess, with a text nobody can guess. Whatever else
/// is asked for gets no answer.
/// </summary>
internal sealed class TokenResponder : IAsyncDisposable
{
    private const int LongestRequest = 1024;
    private const int MostVisitors = 8;
    private static readonly TimeSpan VisitLimit = TimeSpan.FromSeconds(30);

    private readonly Socket _socket;
    private readonly CancellationTokenSource _ending = new();
    private readonly string _path = "/" + RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly string _answer = RandomNumberGenerator.GetHexString(32, lowercase: true);
    private readonly Task _serving;

    public TokenResponder(Socket socket)
    {
        _socket = socket;
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _serving = Task.Run(ServeAsync);
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>Asks for the path over a connection, and reads the answer.</summary>
    public async Task<bool> IsAnsweredAsync(Stream connection, string host, CancellationToken cancellationToken)
    {
        await connection.WriteAsync(Encoding.ASCII.GetBytes($"GET {_path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), cancellationToken);
        var answer = new byte[LongestRequest];
        var length = await connection.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.ASCII.GetString(answer, 0, length).EndsWith("\r\n\r\n" + _answer, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _socket.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var visits = new List<Task>();
        try
        {
            while (true)
            {
                var visitor = await _socket.AcceptAsync(_ending.Token);
                visits.RemoveAll(visit => visit.IsCompleted);
                if (visits.Count < MostVisitors)
                    visits.Add(AnswerAsync(visitor));
                else
                    visitor.Dispose();
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(visits);
        }
    }

    private async Task AnswerAsync(Socket visitor)
    {
        await using var stream = new NetworkStream(visitor, ownsSocket: true);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        limit.CancelAfter(VisitLimit);
        try
        {
            var request = new byte[LongestRequest];
            var length = 0;
            while (request.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0 && length < request.Length)
            {
                var read = await stream.ReadAsync(request.AsMemory(length), limit.Token);
                if (read == 0)
                    return;
                length += read;
            }

            var first = Encoding.Latin1.GetBytes($"GET {_path} HTTP/1.1\r\n");
            if (length < first.Length || !CryptographicOperations.FixedTimeEquals(request.AsSpan(0, first.Length), first))
                return;
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {_answer.Length}\r\nConnection: close\r\n\r\n{_answer}"), limit.Token);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The visitor left, or stayed too long.
        }
    }
}

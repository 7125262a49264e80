using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>What listens where a tor should: on a port of 127.0.0.1 or at a unix socket. It answers each line as the test says.</summary>
internal sealed class ControlPort : IAsyncDisposable
{
    private readonly Socket _listener;
    private readonly Func<string, string?> _answer;
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _commands = [];
    private readonly Task _serving;

    /// <summary>Listens.</summary>
    /// <param name="answer">The reply to a command, its lines without the last CR LF; null to hang up; empty to say nothing.</param>
    /// <param name="socket">The path of a unix socket; null for a port.</param>
    public ControlPort(Func<string, string?> answer, string? socket = null)
    {
        _answer = answer;
        _listener = socket is null
            ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        _listener.Bind(socket is null ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(socket));
        _listener.Listen();
        Endpoint = socket is null ? _listener.LocalEndPoint!.ToString()! : "unix:" + socket;
        _serving = ServeAsync();
    }

    /// <summary>As it is written in the settings.</summary>
    public string Endpoint { get; }

    /// <summary>All that it was asked.</summary>
    public IReadOnlyList<string> Commands
    {
        get { lock (_commands) return [.. _commands]; }
    }

    /// <summary>A tor that is connected, and lets in by the ways that are said.</summary>
    /// <param name="authentication">What follows AUTH in the reply to PROTOCOLINFO.</param>
    /// <param name="refuse">A refusal, where the test wants one.</param>
    /// <param name="version">Its version.</param>
    public static Func<string, string?> Tor(string authentication, Func<string, string?>? refuse = null, string version = "0.4.8.10") => command =>
        refuse?.Invoke(command) ?? command.Split(' ')[0] switch
        {
            "PROTOCOLINFO" => $"250-PROTOCOLINFO 1\r\n250-AUTH {authentication}\r\n250-VERSION Tor=\"{version}\"\r\n250 OK",
            "GETINFO" when command.EndsWith("bootstrap-phase", StringComparison.Ordinal) =>
                "250-status/bootstrap-phase=NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"\r\n250 OK",
            "GETINFO" when command.EndsWith("socks", StringComparison.Ordinal) => "250-net/listeners/socks=\"unix:/run/tor/socks\" \"127.0.0.1:9050\"\r\n250 OK",
            _ => "250 OK",
        };

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var visits = new List<Task>();
        try
        {
            while (true) visits.Add(AnswerAsync(await _listener.AcceptAsync(_end.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(visits);
        }
    }

    private async Task AnswerAsync(Socket visit)
    {
        await using var stream = new NetworkStream(visit, ownsSocket: true);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        try
        {
            while (await reader.ReadLineAsync(_end.Token) is { } command)
            {
                lock (_commands) _commands.Add(command);
                if (_answer(command) is not { } answer) return;
                if (answer.Length > 0) await stream.WriteAsync(Encoding.UTF8.GetBytes(answer + "\r\n"), _end.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over, or the other side went.
        }
    }
}

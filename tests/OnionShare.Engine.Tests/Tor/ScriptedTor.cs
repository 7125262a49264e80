using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Text;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>The tor end of a control connection in memory: a test reads the commands and writes what it likes.</summary>
internal sealed class ScriptedTor
{
    private readonly Pipe _commands = new();
    private readonly Pipe _replies = new();
    private readonly StreamReader _reader;

    public ScriptedTor()
    {
        Controller = new Duplex(_replies.Reader, _commands.Writer);
        _reader = new StreamReader(_commands.Reader.AsStream(), Encoding.UTF8);
    }

    /// <summary>The end for the connection under test.</summary>
    public IDuplexPipe Controller { get; }

    /// <summary>The next command; null when the controller has closed the connection.</summary>
    public async Task<string?> CommandAsync() => await _reader.ReadLineAsync();

    /// <summary>Sends lines; each gets its CR LF.</summary>
    public async Task SendAsync(params string[] lines) => await SendBytesAsync(Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\r\n"))));

    /// <summary>Sends bytes as they are.</summary>
    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes) => await _replies.Writer.WriteAsync(bytes);

    /// <summary>Breaks the connection.</summary>
    public void Break() => _replies.Writer.Complete();

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}

/// <summary>A tor that answers by itself what the host asks, and remembers the onions it has.</summary>
internal sealed class ObedientTor
{
    private readonly ScriptedTor _peer = new();
    private volatile TaskCompletionSource _going = new();

    public ObedientTor()
    {
        _going.SetResult();
        Answering = AnswerAsync();
    }

    public IDuplexPipe Controller => _peer.Controller;

    public Task Answering { get; }

    public ConcurrentQueue<string> Commands { get; } = new();

    public ConcurrentDictionary<string, string> Onions { get; } = new();

    /// <summary>The lines its configuration has of onion services that are not the engine's.</summary>
    public string[] UsersOnions { get; init; } = [];

    /// <summary>Stopped: it takes commands, and answers them when it goes on.</summary>
    public bool Mute
    {
        get => !_going.Task.IsCompleted;
        set
        {
            if (value) _going = new(TaskCreationOptions.RunContinuationsAsynchronously);
            else _going.TrySetResult();
        }
    }

    /// <summary>The line that answers a command in place of the usual one; null for the usual.</summary>
    public Func<string, string?> Refuse { get; set; } = _ => null;

    public string Phase { get; set; } = "NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"";

    public Func<string, bool> Uploads { get; set; } = _ => true;

    public void Break() => _peer.Break();

    public Task SendAsync(string line) => _peer.SendAsync(line);

    /// <summary>The address this tor makes of a key.</summary>
    public static string ServiceId(string key) => new([.. key.AsEnumerable().Select(c => char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) : 'a').Take(56)]);

    public static string Key(int number) => "ED25519-V3:" + new string((char)('A' + number), 86) + "==";

    private async Task AnswerAsync()
    {
        while (await _peer.CommandAsync() is { } command)
        {
            Commands.Enqueue(command);
            await _going.Task;
            if (Refuse(command) is { } refusal)
                await _peer.SendAsync(refusal);
            else if (command.StartsWith("ADD_ONION ", StringComparison.Ordinal))
                await AddAsync(command.Split(' ')[1]);
            else if (command.StartsWith("DEL_ONION ", StringComparison.Ordinal))
                await _peer.SendAsync(Onions.TryRemove(command.Split(' ')[1], out _) ? "250 OK" : "552 Unknown Onion Service id");
            else if (command.StartsWith("SETCONF ", StringComparison.Ordinal))
                await _peer.SendAsync(["250 OK", .. Configured(command).Select(id => $"650 HS_DESC UPLOADED {id} UNKNOWN $AAAA")]);
            else if (command == "GETCONF HiddenServiceOptions")
                await _peer.SendAsync([.. UsersOnions.Select(line => "250-" + line), "250 HiddenServiceOptions"]);
            else if (command == "GETINFO onions/current")
                await _peer.SendAsync(["250+onions/current=", .. Onions.Keys, ".", "250 OK"]);
            else if (command == "GETINFO status/bootstrap-phase")
                await _peer.SendAsync($"250-status/bootstrap-phase={Phase}", "250 OK");
            else
                await _peer.SendAsync("250 OK");
        }
    }

    // The folder of an onion is called like its address.
    private static IEnumerable<string> Configured(string command) =>
        ControlText.Words(command).Where(word => word.StartsWith("HiddenServiceDir=", StringComparison.Ordinal))
            .Select(word => Path.GetFileName(ControlText.Unquote(word["HiddenServiceDir=".Length..])));

    private async Task AddAsync(string key)
    {
        var made = key.StartsWith("NEW:", StringComparison.Ordinal) ? Key(Onions.Count) : key;
        var id = ServiceId(made["ED25519-V3:".Length..]);
        Onions[id] = made;
        if (Uploads(id))
            await _peer.SendAsync($"250-ServiceID={id}", $"250-PrivateKey={made}", "250 OK", $"650 HS_DESC UPLOADED {id} UNKNOWN $AAAA");
        else
            await _peer.SendAsync($"250-ServiceID={id}", $"250-PrivateKey={made}", "250 OK", $"650 HS_DESC FAILED {id} UNKNOWN $AAAA REASON=UPLOAD_REJECTED");
    }
}

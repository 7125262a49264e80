using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>The real program in a process of its own, with a home, a state folder and a temp folder of its own. Killed at the end if need be.</summary>
internal sealed class EngineProcess : IAsyncDisposable
{
    public const int Interrupt = 2, HangUp = 1, Kill = 9, Terminate = 15;

    /// <summary>How long anything may take on a busy machine before a test gives up.</summary>
    public static readonly TimeSpan Limit = Until.Limit;

    private readonly List<string> _output = [];
    private readonly List<string> _messages = [];
    private readonly Channel<string> _outputLines = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _messageLines = Channel.CreateUnbounded<string>();

    private EngineProcess(Process process, Scratch scratch)
    {
        Process = process;
        Scratch = scratch;
        process.OutputDataReceived += (_, line) => Take(line.Data, _output, _outputLines);
        process.ErrorDataReceived += (_, line) => Take(line.Data, _messages, _messageLines);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Process Process { get; }

    public int Id => Process.Id;

    /// <summary>The folders it lives in.</summary>
    public Scratch Scratch { get; }

    /// <summary>All lines of standard output so far.</summary>
    public IReadOnlyList<string> Output
    {
        get { lock (_output) return [.. _output]; }
    }

    /// <summary>All of standard error so far.</summary>
    public string Messages
    {
        get { lock (_messages) return string.Join('\n', _messages); }
    }

    /// <summary>The path of the program.</summary>
    public static string Program =>
        Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "onionshare-engine.exe" : "onionshare-engine");

    public static EngineProcess Start(Scratch scratch, params IEnumerable<string> arguments) => Start(scratch, null, arguments);

    public static EngineProcess Start(Scratch scratch, IReadOnlyDictionary<string, string>? environment, params IEnumerable<string> arguments) =>
        Start(scratch, environment, Program, arguments);

    /// <summary>Starts a line of shell.</summary>
    public static EngineProcess StartShell(Scratch scratch, string line) => Start(scratch, null, "/bin/sh", ["-c", line]);

    private static EngineProcess Start(Scratch scratch, IReadOnlyDictionary<string, string>? environment, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = scratch.Path,
        };
        foreach (var (name, value) in scratch.Environment) start.Environment[name] = value;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new EngineProcess(Process.Start(start)!, scratch);
    }

    /// <summary>The first line of standard output.</summary>
    public async Task<string> UrlAsync(TimeSpan? limit = null)
    {
        try
        {
            return await _outputLines.Reader.ReadAsync(Cancel).AsTask().WaitAsync(limit ?? Limit, Cancel);
        }
        catch (ChannelClosedException ended)
        {
            throw new InvalidOperationException($"The engine ended without a URL:\n{Messages}", ended);
        }
    }

    /// <summary>Waits for a line on standard error that holds the text; each line is looked at once.</summary>
    public async Task<string> SaysAsync(string text, TimeSpan? limit = null)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(limit ?? Limit);
        try
        {
            await foreach (var line in _messageLines.Reader.ReadAllAsync(late.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException silent) when (!Cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"The engine did not say «{text}»:\n{Messages}", silent);
        }

        throw new InvalidOperationException($"The engine ended without saying «{text}»:\n{Messages}");
    }

    /// <summary>Sends a signal.</summary>
    public void Signal(int signal) => Send(Id, signal);

    /// <summary>Sends a signal to a process.</summary>
    public static void Send(int process, int signal) => Assert.Equal(0, SendSignal(process, signal));

    /// <summary>Waits for the end; the exit code.</summary>
    public async Task<int> ExitAsync(TimeSpan? limit = null)
    {
        try
        {
            await Process.WaitForExitAsync(Cancel).WaitAsync(limit ?? Limit, Cancel);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"The engine did not end:\n{Messages}", late);
        }

        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync(CancellationToken.None);
        Process.Dispose();
    }

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);

    private static void Take(string? line, List<string> all, Channel<string> lines)
    {
        if (line is null)
        {
            lines.Writer.TryComplete();
            return;
        }

        lock (all) all.Add(line);
        lines.Writer.TryWrite(line);
    }
}

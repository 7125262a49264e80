using System.Diagnostics;

namespace OnionShare.TorNetwork;

/// <summary>One running tor and what it says. It never outlives this process.</summary>
internal sealed class TorProcess : IAsyncDisposable
{
    private const int LinesKept = 400;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _waiting = [];
    private readonly string _name;
    private bool _ended;

    private TorProcess(string name, Process process)
    {
        _name = name;
        Process = process;
        Id = process.Id;
        process.OutputDataReceived += (_, line) => Hear(line.Data);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        Ended = EndAsync();
    }

    public Process Process { get; }

    public int Id { get; }

    /// <summary>Completes when the process has gone and all it said has been heard.</summary>
    public Task Ended { get; }

    public static TorProcess Start(string tor, string name, string folder, IEnumerable<string> torrc)
    {
        Folders.CreatePrivate(folder);
        var file = Path.Combine(folder, "torrc");
        File.WriteAllLines(file,
        [
            .. torrc,
            $"DataDirectory {Quoted(folder)}",
            "Log notice stdout",
            $"__OwningControllerProcess {Environment.ProcessId}",
        ]);
        var start = new ProcessStartInfo(tor) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        foreach (var argument in (string[])["-f", file, .. WithoutMachineSettings(folder)]) start.ArgumentList.Add(argument);
        return new TorProcess(name, Process.Start(start) ?? throw new TorNetworkException($"{tor} could not be started."));
    }

    /// <summary>Arguments which keep the torrc of the machine out.</summary>
    public static string[] WithoutMachineSettings(string folder) =>
        ["--defaults-torrc", Path.Combine(folder, "absent"), "--ignore-missing-torrc"];

    /// <summary>A path as a value in a torrc: a C string in quotes (tor(1), THE CONFIGURATION FILE FORMAT).</summary>
    public static string Quoted(string path) => $"\"{path.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    /// <summary>The first line of the log, already written or to come, which holds the text.</summary>
    /// <exception cref="TorNetworkException">tor ended first.</exception>
    public Task<string> LineAsync(string text, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } heard) return Task.FromResult(heard);
            if (_ended) return Task.FromException<string>(EndedTooEarly());
            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((text, seen));
            return seen.Task.WaitAsync(cancellationToken);
        }
    }

    /// <exception cref="TorNetworkException">tor has ended.</exception>
    public void ThrowIfEnded()
    {
        if (Ended.IsCompleted) throw EndedTooEarly();
    }

    /// <summary>The end of the log, for an error message.</summary>
    public string LogEnd()
    {
        lock (_lock) return string.Join(Environment.NewLine, _lines.TakeLast(12));
    }

    public async ValueTask DisposeAsync()
    {
        if (!Ended.IsCompleted) Process.Kill();
        await Ended;
        Process.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _lines.Enqueue(line);
            if (_lines.Count > LinesKept) _lines.Dequeue();
            foreach (var (_, seen) in _waiting.Where(waiter => line.Contains(waiter.Text, StringComparison.Ordinal))) seen.TrySetResult(line);
            _waiting.RemoveAll(waiter => waiter.Seen.Task.IsCompleted);
        }
    }

    private async Task EndAsync()
    {
        await Process.WaitForExitAsync();
        lock (_lock)
        {
            _ended = true;
            foreach (var (_, seen) in _waiting) seen.TrySetException(EndedTooEarly());
            _waiting.Clear();
        }
    }

    private TorNetworkException EndedTooEarly() =>
        new($"The tor of {_name} ended unexpectedly. The end of its log:{Environment.NewLine}{LogEnd()}")
        {
            PortWasTaken = LogEnd().Contains("Address already in use", StringComparison.Ordinal),
        };
}

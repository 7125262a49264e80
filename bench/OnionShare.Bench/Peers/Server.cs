using System.Diagnostics;
using System.Globalization;

namespace OnionShare.Bench.Peers;

/// <summary>A program that serves, from its start to its end.</summary>
internal sealed class Server : IAsyncDisposable
{
    private readonly Process _process;

    private Server(Process process, string url, double startSeconds)
    {
        _process = process;
        Url = url;
        StartSeconds = startSeconds;
    }

    public string Url { get; }

    /// <summary>From the start of the process until it said its URL.</summary>
    public double StartSeconds { get; }

    public int ProcessId => _process.Id;

    /// <summary>The most memory it ever had resident, in bytes (proc(5), VmHWM).</summary>
    public long PeakMemory => long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    /// <summary>How long a processor has worked for it so far, as the program and as the system (proc(5), utime and stime).</summary>
    public double ProcessorSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts the program and waits for the first line of its output in which <paramref name="findUrl"/> finds a URL.</summary>
    public static async Task<Server> StartAsync(
        string program, IEnumerable<string> arguments, Func<string, string?> findUrl, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        var clock = Stopwatch.StartNew();
        var process = Process.Start(start)!;
        var errors = new System.Text.StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(10)); // onionshare-cli compresses a GiB before it says anything
        while (await process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (findUrl(line) is not { } url) continue;
            var seconds = clock.Elapsed.TotalSeconds;
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new Server(process, url, seconds);
        }

        await process.WaitForExitAsync(limit.Token);
        throw new InvalidOperationException($"{program} ended without a URL: {errors}");
    }

    public Task WaitForExitAsync(TimeSpan limit) => _process.WaitForExitAsync(new CancellationTokenSource(limit).Token);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var interrupt = Process.Start("kill", ["-INT", $"{_process.Id}"]);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }
}

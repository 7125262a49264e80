using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>An engine whose system calls that make files, or speak to somebody, are written down (strace).</summary>
internal sealed partial class TracedEngine : IAsyncDisposable
{
    private const string Calls =
        "trace=open,openat,openat2,creat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,connect,sendto,sendmsg,sendmmsg";

    private const int Interrupt = 2;

    private readonly Scratch _scratch;
    private readonly string _log;
    private readonly Process _process;
    private readonly Task<string> _messages;

    private TracedEngine(Scratch scratch, string strace, IEnumerable<string> arguments)
    {
        _scratch = scratch;
        _log = scratch.At("calls-" + Guid.NewGuid().ToString("N"));
        var start = new ProcessStartInfo(strace, ["-f", "-qq", "-s", "400", "-o", _log, "-e", Calls, EngineProcess.Program, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in scratch.Environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _messages = _process.StandardError.ReadToEndAsync(Cancel);
    }

    /// <summary>Starts one; skips the test where there is no strace.</summary>
    public static TracedEngine Start(Scratch scratch, params IEnumerable<string> arguments)
    {
        var strace = new[] { "/usr/bin/strace", "/bin/strace" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(strace is null, "skipped: no strace; apt install strace");
        return new TracedEngine(scratch, strace!, arguments);
    }

    /// <summary>Its first line; skips the test where tracing is forbidden.</summary>
    public async Task<string> UrlAsync()
    {
        var url = await _process.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(EngineProcess.Limit, Cancel);
        if (url is null) Assert.Skip("skipped: strace may not trace here: " + await _messages);
        return url!;
    }

    /// <summary>Types a line.</summary>
    public Task TypeAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    /// <summary>Nothing more is typed.</summary>
    public void EndTyping() => _process.StandardInput.Close();

    /// <summary>Stops it as Ctrl+C does, and waits for its end.</summary>
    public Task StopAsync()
    {
        var children = File.ReadAllText($"/proc/{_process.Id}/task/{_process.Id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        EngineProcess.Send(int.Parse(children[0], System.Globalization.CultureInfo.InvariantCulture), Interrupt);
        return EndAsync();
    }

    /// <summary>Waits for its end.</summary>
    public Task EndAsync() => _process.WaitForExitAsync(Cancel).WaitAsync(EngineProcess.Limit, Cancel);

    /// <summary>
    /// Checks, after its end, that it made and wrote files below the given folders only, and connected to the given ports of this computer, each of them, only.
    /// Devices and /proc are no disk; a call that failed wrote nothing.
    /// </summary>
    public async Task CheckAsync(IReadOnlyList<string> folders, params IReadOnlyList<int> ports)
    {
        var lines = (await File.ReadAllTextAsync(_log, Encoding.Latin1, Cancel)).Split('\n');
        Assert.Contains(lines, line => line.Contains("openat(", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => Creation().IsMatch(line) && !line.Contains("= -1 ", StringComparison.Ordinal)
            && Path().Matches(line).Any(path => !folders.Append("/dev/").Append("/proc/").Any(folder => path.Groups[1].Value.StartsWith(folder, StringComparison.Ordinal))));
        var spoken = lines.Where(line => Network().IsMatch(line)).ToList();
        Assert.DoesNotContain(spoken, line => !ports.Any(port => IsTo(port, line)));
        Assert.All(ports, port => Assert.Contains(spoken, line => IsTo(port, line)));
    }

    private static bool IsTo(int port, string line) => line.Contains($"_port=htons({port})", StringComparison.Ordinal) && Here().IsMatch(line);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        File.Delete(_log);
    }

    [GeneratedRegex(" (creat|mkdir|mkdirat|rename|renameat|renameat2|link|linkat|symlink|symlinkat)\\(|O_CREAT|O_WRONLY|O_RDWR")]
    private static partial Regex Creation();

    [GeneratedRegex("\"(/[^\"]*)\"")]
    private static partial Regex Path();

    // A socket of both families writes the IPv4 address as one of IPv6.
    [GeneratedRegex("\"(::ffff:)?127\\.0\\.0\\.1\"")]
    private static partial Regex Here();

    [GeneratedRegex(" (connect|sendto|sendmsg|sendmmsg)\\(.*AF_INET")]
    private static partial Regex Network();
}

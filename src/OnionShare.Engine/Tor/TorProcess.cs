using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using OnionShare.Contracts;

namespace OnionShare.Engine.Tor;

/// <summary>A tor the engine runs in a data folder; disposal kills it if it still runs.</summary>
internal sealed class TorProcess : IAsyncDisposable
{
    // The files are written within 0.1 s; a laden machine, or one that scans every program first, takes longer.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly Process _process;
    private readonly TorLog _log;
    private readonly Task _reading;

    private TorProcess(Process process, TorLog log)
    {
        _process = process;
        _log = log;
        Id = process.Id;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, log), ReadAsync(process.StandardError, log));
        Exited = process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Its process id.</summary>
    public int Id { get; }

    /// <summary>Completes when it has ended.</summary>
    public Task Exited { get; }

    /// <summary>Starts tor and waits until its control port is open.</summary>
    /// <returns>The process and its control endpoint.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotStarted"/>. Nothing is left running then.</exception>
    public static async Task<(TorProcess Process, IPEndPoint Control)> StartAsync(
        TorExecutable executable, TorDataFolder folder, string? include, TorrcNetwork network, TorLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (include is not null && !File.Exists(include))
        {
            throw Failed($"The file with torrc lines, {include}, does not exist.", "Create it, or take it out of the settings.", include);
        }

        Process process;
        try
        {
            Prepare(folder, include, network);
            process = Process.Start(Command(executable, folder, network))!;
        }
        catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
        {
            throw Failed($"{executable.Path} can't be started: {e.Message}", null, executable.Path, e);
        }

        process.StandardInput.Close();
        var tor = new TorProcess(process, log);
        try
        {
            return (tor, await tor.WaitForControlAsync(executable, folder, include, time, cancellationToken));
        }
        catch
        {
            await tor.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits a little for its end, then kills it.</summary>
    public async Task StopAsync(TimeSpan limit, TimeProvider time)
    {
        await Task.WhenAny(Exited, Task.Delay(limit, time));
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            try
            {
                _process.Kill();
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                _log.Add($"It was gone before it could be killed: {e.Message}");
            }
        }

        await Exited;
        await _reading;
        _process.Dispose();
    }

    private static IEnumerable<string> Arguments(TorDataFolder folder) =>

        // Without these tor reads the defaults of the system's own tor, and with them its user and its ports.
        ["--defaults-torrc", folder.File("no-defaults"), "--ignore-missing-torrc", "-f", folder.File(Torrc.FileName)];

    private static ProcessStartInfo Command(TorExecutable executable, TorDataFolder folder, TorrcNetwork network)
    {
        var start = executable.StartApart(Arguments(folder));
        if (network.Links.Count > 0)
            start.WorkingDirectory = folder.Path;
        return start;
    }

    private static void Prepare(TorDataFolder folder, string? include, TorrcNetwork network)
    {
        foreach (var link in network.Links)
            link.MakeIn(folder.Path);

        // Those of a run before would be read as this one's.
        File.Delete(folder.File(Torrc.PortFileName));
        File.Delete(folder.File(Torrc.CookieFileName));
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        var next = folder.File(Torrc.FileName + ".new");
        using (var writer = new StreamWriter(next, options))
            writer.Write(Torrc.Compose(folder.Path, include, network.Lines, Environment.ProcessId));
        File.Move(next, folder.File(Torrc.FileName), overwrite: true);
    }

    private async Task<IPEndPoint> WaitForControlAsync(
        TorExecutable executable, TorDataFolder folder, string? include, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (Exited.IsCompleted)
            {
                await _reading;
                throw Failed(
                    string.Create(CultureInfo.InvariantCulture, $"{executable.Path} ended at once, with code {_process.ExitCode}: {_log.Complaint() ?? "it said nothing"}"),
                    include is null ? null : $"Look at the torrc lines in {include} first.",
                    executable.Path);
            }

            // The port's file comes before the cookie's; both are needed.
            if (ControlEndpoint(folder) is { } endpoint && new FileInfo(folder.File(Torrc.CookieFileName)) is { Exists: true, Length: > 0 })
                return endpoint;
            if (time.GetElapsedTime(since) > StartLimit)
                throw Failed($"{executable.Path} did not open its control port within {StartLimit.TotalSeconds:0} s: {_log.Complaint()}", null, executable.Path);
            await Task.Delay(Step, time, cancellationToken);
        }
    }

    private static IPEndPoint? ControlEndpoint(TorDataFolder folder)
    {
        try
        {
            // One line for each control port; ours is the last, after any that the user's own lines ask for.
            foreach (var line in File.ReadAllLines(folder.File(Torrc.PortFileName)).Reverse())
            {
                if (line.StartsWith("PORT=", StringComparison.Ordinal) && IPEndPoint.TryParse(line.AsSpan(5), out var endpoint))
                    return endpoint;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not there yet, or being put there.
            return null;
        }

        return null;
    }

    private static async Task ReadAsync(StreamReader reader, TorLog log)
    {
        while (await reader.ReadLineAsync() is { } line)
            log.Add(line);
    }

    private static ProblemException Failed(string detail, string? advice, string? target, Exception? cause = null) =>
        new(new Problem(ProblemCodes.TorNotStarted, detail, advice ?? "Try to run it by hand, or set the path of another tor program.", target) { Status = 503 }, cause);
}

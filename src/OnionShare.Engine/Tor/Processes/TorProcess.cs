using System.Globalization;
using System.Net;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>A tor the engine runs in a data folder; disposal kills it if it still runs.</summary>
internal sealed class TorProcess : IAsyncDisposable
{
    // The files are written within 0.1 s; a laden machine, or one that scans every program first, takes longer.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private readonly IRunningTor _tor;
    private readonly TorLog _log;

    private TorProcess(IRunningTor tor, TorLog log)
    {
        _tor = tor;
        _log = log;
    }

    /// <summary>Its process id; null when its launcher does not know.</summary>
    public int? Id => _tor.ProcessId;

    /// <summary>Completes when it has ended.</summary>
    public Task Exited => _tor.Exited;

    /// <summary>Starts tor and waits until its control port is open.</summary>
    /// <returns>The process and its control endpoint.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotStarted"/>. Nothing is left running then.</exception>
    public static async Task<(TorProcess Process, IPEndPoint Control)> StartAsync(
        ITorLauncher launcher, TorExecutable executable, TorDataFolder folder, string? include, TorrcNetwork network, TorLog log, TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (include is not null && !File.Exists(include))
        {
            throw Failed($"The file with torrc lines, {include}, does not exist.", "Create it, or take it out of the settings.", include);
        }

        string torrc;
        try
        {
            // Those of a run before would be read as this one's.
            File.Delete(folder.File(Torrc.PortFileName));
            File.Delete(folder.File(Torrc.CookieFileName));
            torrc = Torrc.Compose(folder.Path, include, network.Lines, Environment.ProcessId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed($"{executable.Path} can't be started: {e.Message}", null, executable.Path, e);
        }

        var (running, starting) = await launcher.StartAsync(executable, folder, torrc, network.Links, log, cancellationToken);
        using var held = starting;
        var tor = new TorProcess(running, log);
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

    public async Task StopAsync(TimeSpan limit, TimeProvider time)
    {
        await Task.WhenAny(Exited, Task.Delay(limit, time));
        await DisposeAsync();
    }

    public ValueTask DisposeAsync() => _tor.DisposeAsync();

    /// <summary>The problem of a tor that could not be started.</summary>
    public static ProblemException Failed(string detail, string? advice, string? target, Exception? cause = null) =>
        new(ProblemCodes.TorNotStarted, detail, advice ?? "Try to run it by hand, or set the path of another tor program.", target, cause: cause);

    private async Task<IPEndPoint> WaitForControlAsync(
        TorExecutable executable, TorDataFolder folder, string? include, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (Exited.IsCompleted)
            {
                // Only then all it said has been read.
                await DisposeAsync();
                var code = _tor.ExitCode is { } exit ? string.Create(CultureInfo.InvariantCulture, $", with code {exit}") : "";
                throw Failed(
                    $"{executable.Path} ended at once{code}: {_log.Complaint() ?? "it said nothing"}",
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
}

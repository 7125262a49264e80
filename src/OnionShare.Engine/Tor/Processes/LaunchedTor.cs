using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>A tor program that the engine finds and runs, itself or through TorSharp. The data folder is held as long as this lives.</summary>
internal sealed class LaunchedTor(ITorLauncher launcher, TorOptions options, TorSettings settings, TimeProvider time, ILogger logger) : ITorSource
{
    // The files are written within 0.1 s; a laden machine, or one that scans every program first, takes longer.
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan GraceOfShutdown = TimeSpan.FromSeconds(3);
    private TorDataFolder? _folder;

    public async Task<TorSession> OpenAsync(CancellationToken cancellationToken)
    {
        var executable = await launcher.FindAsync(cancellationToken);
        var network = TorrcNetwork.Of(settings, executable);
        _folder ??= TorDataFolder.Take(options.StateFolder);
        var log = new TorLog(logger);
        var (tor, endpoint) = await StartAsync(executable, network, _folder, log, cancellationToken);
        ControlConnection? control = null;
        try
        {
            control = await ControlEndpoint.Tcp(endpoint.Address.ToString(), endpoint.Port).ConnectAsync(time, logger, cancellationToken);
            var login = await ControlAuthentication.AuthenticateAsync(control, ControlSecrets.CookieOnly, cancellationToken);
            await control.SendAsync("TAKEOWNERSHIP", cancellationToken);
            if (launcher.Connection == TorConnectionType.TorSharp)
            {
                // It writes a port of its own, without a flag. A port that is open keeps the flags it has.
                await control.SendAsync("SETCONF SocksPort=0", cancellationToken);
                await control.SendAsync($"SETCONF SocksPort=\"{Torrc.SocksPort}\"", cancellationToken);
            }

            var socks = await control.SendAsync("GETINFO net/listeners/socks", cancellationToken);
            return new TorSession(control, log, time)
            {
                Version = login.Version,
                Login = login.Method,
                Connection = launcher.Connection,
                Source = executable.Path,
                Network = network,
                ProcessId = tor.ProcessId ?? await ProcessIdAsync(control, cancellationToken),
                Configured = new ConfiguredOnions(_folder.Onions),
                Socks = ControlText.Words(socks.Value("net/listeners/socks") ?? "").Select(ControlText.Unquote).LastOrDefault(),
                ProcessExited = tor.Exited,
                TakeDown = () => ShutDownAsync(control, tor),
            };
        }
        catch (Exception e)
        {
            if (control is not null)
                await control.DisposeAsync();
            await tor.DisposeAsync();
            if (e is not (ControlException or SocketException))
                throw;
            throw new ProblemException(
                ProblemCodes.TorNotStarted, $"{executable.Path} runs but can't be controlled: {e.Message}", LookAtInclude, executable.Path, cause: e);
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }

    private string? LookAtInclude => options.TorrcInclude is { } include ? $"Look at the torrc lines in {include} first." : null;

    // Waits until the control port is open, too. Nothing is left running when that fails.
    private async Task<(IRunningTor Tor, IPEndPoint Control)> StartAsync(
        TorExecutable executable, TorrcNetwork network, TorDataFolder folder, TorLog log, CancellationToken cancellationToken)
    {
        if (options.TorrcInclude is { } include && !File.Exists(include))
            throw TorTrouble.NotStarted($"The file with torrc lines, {include}, does not exist.", include, "Create it, or take it out of the settings.");
        string torrc;
        try
        {
            // Those of a run before would be read as this one's.
            File.Delete(folder.File(Torrc.PortFileName));
            File.Delete(folder.File(Torrc.CookieFileName));
            torrc = Torrc.Compose(folder.Path, options.TorrcInclude, network.Lines, Environment.ProcessId);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw TorTrouble.NotStarted($"{executable.Path} can't be started: {e.Message}", executable.Path, cause: e);
        }

        var (tor, starting) = await launcher.StartAsync(executable, folder, torrc, network.Links, log, cancellationToken);
        using var held = starting;
        try
        {
            return (tor, await WaitForControlAsync(tor, executable, folder, log, cancellationToken));
        }
        catch
        {
            await tor.DisposeAsync();
            throw;
        }
    }

    private async Task<IPEndPoint> WaitForControlAsync(
        IRunningTor tor, TorExecutable executable, TorDataFolder folder, TorLog log, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            if (tor.Exited.IsCompleted)
            {
                // Only then all it said has been read.
                await tor.DisposeAsync();
                var code = tor.ExitCode is { } exit ? string.Create(CultureInfo.InvariantCulture, $", with code {exit}") : "";
                throw TorTrouble.NotStarted($"{executable.Path} ended at once{code}: {log.Complaint() ?? "it said nothing"}", executable.Path, LookAtInclude);
            }

            // The port's file comes before the cookie's; both are needed.
            if (ControlPort(folder) is { } endpoint && new FileInfo(folder.File(Torrc.CookieFileName)) is { Exists: true, Length: > 0 })
                return endpoint;
            if (time.GetElapsedTime(since) > StartLimit)
                throw TorTrouble.NotStarted($"{executable.Path} did not open its control port within {StartLimit.TotalSeconds:0} s: {log.Complaint()}", executable.Path);
            await Task.Delay(Step, time, cancellationToken);
        }
    }

    private static IPEndPoint? ControlPort(TorDataFolder folder)
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

    private static async Task<int?> ProcessIdAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        var reply = await control.SendAsync("GETINFO process/pid", cancellationToken);
        return int.TryParse(reply.Value("process/pid"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    private async ValueTask ShutDownAsync(ControlConnection control, IRunningTor tor)
    {
        using var limit = new CancellationTokenSource(GraceOfShutdown, time);
        try
        {
            await control.SendAsync("SIGNAL SHUTDOWN", limit.Token);
        }
        catch (Exception e) when (e is ControlException or OperationCanceledException)
        {
            logger.LogDebug(e, "tor did not answer the request to shut down");
        }

        await control.DisposeAsync();
        await Task.WhenAny(tor.Exited, Task.Delay(GraceOfShutdown, time));
        await tor.DisposeAsync();
    }
}

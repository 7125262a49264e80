using System.Globalization;
using System.Net.Sockets;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>A tor program that the engine finds and runs, itself or through TorSharp. The data folder is held as long as this lives.</summary>
internal sealed class LaunchedTor(ITorLauncher launcher, TorOptions options, TorSettings settings, TimeProvider time, ILogger logger) : ITorSource
{
    private static readonly TimeSpan GraceOfShutdown = TimeSpan.FromSeconds(3);
    private TorDataFolder? _folder;

    public async Task<TorSession> OpenAsync(CancellationToken cancellationToken)
    {
        var executable = await launcher.FindAsync(cancellationToken);
        var network = TorrcNetwork.Of(settings, executable);
        _folder ??= TorDataFolder.Take(options.StateFolder);
        var log = new TorLog(logger);
        var (process, endpoint) = await TorProcess.StartAsync(
            launcher, executable, _folder, options.TorrcInclude, network, log, time, cancellationToken);
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
                ProcessId = process.Id ?? await ProcessIdAsync(control, cancellationToken),
                Configured = new ConfiguredOnions(_folder.Onions),
                Socks = ControlText.Words(socks.Value("net/listeners/socks") ?? "").Select(ControlText.Unquote).LastOrDefault(),
                ProcessExited = process.Exited,
                TakeDown = () => ShutDownAsync(control, process),
            };
        }
        catch (Exception e) when (e is ControlException or SocketException)
        {
            await DisposeAsync(control, process);
            throw new ProblemException(
                ProblemCodes.TorNotStarted, $"{executable.Path} runs but can't be controlled: {e.Message}",
                options.TorrcInclude is { } include ? $"Look at the torrc lines in {include} first." : null, executable.Path, cause: e);
        }
        catch
        {
            await DisposeAsync(control, process);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        _folder?.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<int?> ProcessIdAsync(ControlConnection control, CancellationToken cancellationToken)
    {
        var reply = await control.SendAsync("GETINFO process/pid", cancellationToken);
        return int.TryParse(reply.Value("process/pid"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;
    }

    private async ValueTask ShutDownAsync(ControlConnection control, TorProcess process)
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
        await process.StopAsync(GraceOfShutdown, time);
    }

    private static async Task DisposeAsync(ControlConnection? control, TorProcess process)
    {
        if (control is not null)
            await control.DisposeAsync();
        await process.DisposeAsync();
    }
}

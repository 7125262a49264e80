using System.Net;
using System.Net.Sockets;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>
/// A tor that runs by itself and listens for controllers. It is left as it was found: it is neither owned nor shut down, and the onions go with the
/// control connection.
/// </summary>
internal sealed class AttachedTor(
    TorConnectionType way, IReadOnlyList<ControlEndpoint> endpoints, TorSettings settings, TimeProvider time, ILogger logger) : ITorSource
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    public async Task<TorSession> OpenAsync(CancellationToken cancellationToken)
    {
        var failures = new List<ControlFailure>();
        foreach (var endpoint in endpoints)
        {
            try
            {
                return await OpenAsync(endpoint, cancellationToken);
            }
            catch (Exception e) when (e is ControlException or SocketException or TimeoutException or ProblemException)
            {
                logger.LogDebug("{Endpoint}: {Failure}", endpoint, e.Message);
                failures.Add(new ControlFailure(endpoint, e));
            }
        }

        throw await ControlProblem.OfAsync(way, failures);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<TorSession> OpenAsync(ControlEndpoint endpoint, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(AnswerLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        ControlConnection? control = null;
        try
        {
            control = await endpoint.ConnectAsync(time, logger, either.Token);
            var secrets = new ControlSecrets(settings.ControlPassword, settings.CookieFile, endpoint.IsLocal);
            var login = await ControlAuthentication.AuthenticateAsync(control, secrets, either.Token);
            CheckVersion(login.Version, endpoint);
            var session = new TorSession(control, new TorLog(logger), time)
            {
                Version = login.Version,
                Login = login.Method,
                Connection = way,
                Source = endpoint.ToString(),
                Socks = settings.SocksEndpoint ?? await SocksAsync(control, endpoint, either.Token),
                Bind = settings.BindAddress is { } bind ? IPAddress.Parse(bind) : IPAddress.Loopback,
                OnionTarget = settings.OnionTarget is { } target ? IPAddress.Parse(target) : null,
                TakeDown = control.DisposeAsync,
            };
            control = null;
            return session;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{endpoint} did not answer within {AnswerLimit.TotalSeconds:0} s.", late);
        }
        finally
        {
            if (control is not null)
                await control.DisposeAsync();
        }
    }

    private static void CheckVersion(string text, ControlEndpoint endpoint)
    {
        // 0.4.9.0-alpha-dev (git-…) and the like.
        var digits = new string([.. text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        if (Version.TryParse(digits, out var version) && version < TorExecutable.Oldest)
        {
            throw new ProblemException(
                ProblemCodes.TorControl, $"The tor at {endpoint} is version {version}; version {TorExecutable.Oldest} or newer is needed.",
                "Update it, or use another tor (Set-OnionTor).", endpoint.ToString());
        }
    }

    // The first SOCKS port that can be reached from here (control-spec 3.9, net/listeners/socks); null when it does not tell of one.
    private static async Task<string?> SocksAsync(ControlConnection control, ControlEndpoint endpoint, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await control.SendAsync("GETINFO net/listeners/socks", cancellationToken);
            return ControlText.Words(reply.Value("net/listeners/socks") ?? "").Select(ControlText.Unquote)
                .Select(text => Reachable(text, endpoint)).FirstOrDefault(socks => socks is not null);
        }
        catch (ControlRefusedException)
        {
            return null; // a filter: there is one, but it is not told where
        }
    }

    private static string? Reachable(string text, ControlEndpoint endpoint)
    {
        if (!ControlEndpoint.TryParse(text, out var socks) || socks.Host is null)
            return null;
        if (socks.Host is "0.0.0.0" or "::")
            return ControlEndpoint.Tcp(endpoint.Host ?? "127.0.0.1", socks.Port).ToString();
        return endpoint.IsLocal || !socks.IsLocal ? socks.ToString() : null;
    }
}

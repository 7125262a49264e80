using System.Security.Cryptography;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>A throw-away onion service, published to see whether it can be, and visited through the Tor network. Disposal leaves nothing of it.</summary>
internal sealed class TestOnion : IAsyncDisposable
{
    // After the first directory has the descriptor the others follow within seconds; a visitor asks any of them.
    private static readonly TimeSpan UploadLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan VisitLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    private readonly TorHost _host;
    private readonly TimeProvider _time;
    private readonly TokenResponder _responder;
    private readonly IOnion _onion;

    private TestOnion(TorHost host, TimeProvider time, TokenResponder responder, IOnion onion)
    {
        (_host, _time, _responder, _onion) = (host, time, responder, onion);
    }

    /// <returns>The onion, null when it could not be published; and what to say.</returns>
    public static async Task<(TestOnion? Onion, CheckOutcome Outcome)> PublishAsync(
        TorHost host, TorSession session, TimeProvider time, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        TokenResponder? responder = null;
        IOnion? onion = null;
        try
        {
            responder = new TokenResponder(ServiceSocket.Listen(session.Bind));
            var endpoint = responder.EndPoint;
            onion = await host.PublishAsync(new OnionRequest((_, _) => Task.FromResult(endpoint)), cancellationToken);
            var outcome = await JudgeAsync(onion, time.GetElapsedTime(since), session, cancellationToken);
            var whole = new TestOnion(host, time, responder, onion);
            (responder, onion) = (null, null);
            return (whole, outcome);
        }
        catch (ProblemException failure)
        {
            return (null, CheckOutcome.Failed(failure.Problem));
        }
        finally
        {
            if (onion is not null)
                await onion.DisposeAsync();
            if (responder is not null)
                await responder.DisposeAsync();
        }
    }

    /// <summary>Visits it through tor's SOCKS port, as a visitor would.</summary>
    public async Task<CheckOutcome> VisitAsync(CancellationToken cancellationToken)
    {
        if (_host.Status.Socks is not { } text || ProxyConnection.Parse(text) is not { } socks)
        {
            return new CheckOutcome(
                TorCheckResult.Skipped, "It is not known where this tor's SOCKS port is, through which the onion service would be visited.",
                "Say where it is (Set-OnionTor -SocksEndpoint).");
        }

        // Nobody else shares this circuit, and so it really goes out and comes back.
        var isolation = new SocksCredentials("onionshare-test", RandomNumberGenerator.GetHexString(16));
        using var limit = new CancellationTokenSource(VisitLimit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var failure = "no answer came";
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var began = _time.GetTimestamp();
                try
                {
                    await using var connection = await SocksTunnel.OpenAsync(socks, _onion.Address, 80, isolation, either.Token);
                    if (await _responder.IsAnsweredAsync(connection, _onion.Address, either.Token))
                    {
                        var seconds = _time.GetElapsedTime(began).TotalSeconds;
                        return CheckOutcome.Passed(FormattableString.Invariant(
                            $"The onion service was visited through the Tor network: its answer was there after {seconds:0.0} s{(attempt == 1 ? "" : $", at attempt {attempt}")}."));
                    }

                    failure = "what answered was not the onion service";
                }
                catch (IOException broken)
                {
                    failure = broken.Message.TrimEnd('.');
                }

                await Task.Delay(Pause, _time, either.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return CheckOutcome.Failed(
                FormattableString.Invariant($"The onion service is published, but could not be visited within {VisitLimit.TotalSeconds:0} s: {failure}."),
                "Visitors may have the same trouble. Try again in a few minutes; look at the clock, and whether a firewall on this computer keeps tor from connecting to it.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _onion.DisposeAsync();
        await _responder.DisposeAsync();
    }

    private static async Task<CheckOutcome> JudgeAsync(IOnion onion, TimeSpan first, TorSession session, CancellationToken cancellationToken)
    {
        var uploads = session.UploadsOf(onion.Address[..onion.Address.IndexOf('.')]);
        await uploads.SettleAsync(UploadLimit, session.Time, cancellationToken);
        var (begun, taken, refused) = uploads.Count;
        var count = taken == 0 ? "" : FormattableString.Invariant($"; {taken} of {Math.Max(begun, taken)} uploads have succeeded");
        var text = FormattableString.Invariant($"A throw-away onion service was published: the first directory had its descriptor after {first.TotalSeconds:0.0} s{count}.");
        return refused > 0 && refused >= taken
            ? CheckOutcome.Warning($"{text} {refused} were refused.", "Look at the clock, and whether this tor is up to date.")
            : CheckOutcome.Passed(text);
    }
}

using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Diagnosis;

internal static class ControlCheck
{
    // It answers within milliseconds; a laden machine takes longer.
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    /// <param name="session">The tor.</param>
    /// <param name="isOutdated">Whether settings were saved that it does not use yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<CheckOutcome> AskAsync(TorSession session, bool isOutdated, CancellationToken cancellationToken)
    {
        try
        {
            // The connection's own limit would give the tor up; that is for its supervisor to decide.
            await session.Control.SendAsync(BootstrapPhase.Question, Timeout.InfiniteTimeSpan, cancellationToken)
                .WaitAsync(AnswerLimit, session.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return CheckOutcome.Failed(TorTrouble.Silent(session));
        }
        catch (ControlClosedException closed)
        {
            return CheckOutcome.Failed(TorTrouble.Ended(closed.Message, session.ProcessId is not null));
        }
        catch (ControlRefusedException)
        {
            // A filter in front of tor: it answers, which is what was asked.
        }

        var at = session.ProcessId is null ? $"The tor at {RemoteText.Show(session.Source, 400)}" : "tor";
        if (session.Login == ControlMethod.Nothing)
        {
            return CheckOutcome.Warning(
                $"{at} takes commands from everybody: any program that reaches its control port can use it as it likes.",
                "Set CookieAuthentication 1 or a HashedControlPassword in its torrc.");
        }

        return CheckOutcome.Passed(
            $"{at} takes commands; the engine got in by its {(session.Login == ControlMethod.Password ? "password" : "cookie")}.",
            isOutdated ? "Settings were changed since it was connected: Connect-OnionTor puts them to use." : null);
    }
}

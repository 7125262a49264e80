using OnionShare.Engine.Services;

namespace OnionShare.Engine.Cli;

/// <summary>Runs one service in this terminal until it ends.</summary>
internal static class ForegroundService
{
    /// <summary>Starts the service, reports on it, and takes it down on a signal; returns the exit code.</summary>
    public static async Task<int> RunAsync(EngineOptions options, Func<ServiceRequest> makeRequest, bool drawQr)
    {
        var report = new ConsoleReport(Console.Out, Console.Error, drawQr);
        try
        {
            // Before the engine, so that a second signal, which may come while it is taken down, does not kill it half-way.
            using var signals = new StopSignals();
            await using var engine = new Engine(options, TimeProvider.System);
            using var listener = engine.Events.Listen();
            var service = await engine.Services.StartAsync(makeRequest(), signals.FirstSignal);
            using var stopping = signals.OnStop(force => Stop(service, force, report));
            await report.FollowAsync(listener, service);
            await service.Ended;
            return service.Status.State == ServiceState.Failed ? CommandLine.Failed : CommandLine.Done;
        }
        catch (ProblemException failure)
        {
            report.Say(failure.Problem.ToString());
            return CommandLine.Failed;
        }
        catch (OperationCanceledException)
        {
            // A signal came before the service was there: nothing to take down.
            return CommandLine.Done;
        }
    }

    private static void Stop(Service service, bool force, ConsoleReport report)
    {
        var active = service.Context.Transfers.Active;
        if (active > 0 && !force)
            report.Say($"Stopping when {(active == 1 ? "the transfer under way is" : $"{active} transfers under way are")} finished. Press Ctrl+C again to cut.");
        service.Stop(StopReason.Requested, force);
    }
}

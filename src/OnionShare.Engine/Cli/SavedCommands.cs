using System.CommandLine;
using OnionShare.Engine.Control;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Cli;

/// <summary><c>restore NAME</c> and <c>stop NAME</c>: what a scheduler runs. Neither tells a URL: what they say may end up in a log.</summary>
internal static class SavedCommands
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static Command CreateRestore()
    {
        var name = Name();
        var stopAfter = new Option<TimeSpan?>("--stop-after")
        {
            Description = "Stop after this time: 90s, 30m, 2h, 7d. Without it, as it was saved.",
            HelpName = "TIME",
            CustomParser = DurationArgument.Parse,
        };
        var command = new Command("restore", "Start a saved service in the background, and wait until it can be reached.") { name, stopAfter };
        EngineSettings.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(cancellation =>
            RestoreAsync(EngineSettings.Read(parsed), parsed.GetValue(name)!, parsed.GetValue(stopAfter), cancellation)));
        return command;
    }

    public static Command CreateStop()
    {
        var name = Name();
        var force = new Option<bool>("--force") { Description = "Cut transfers under way." };
        var command = new Command("stop", "Stop a service that runs in the background, and wait until it is down.") { name, force };
        EngineSettings.AddTo(command);
        command.SetAction((parsed, _) => RunAsync(cancellation => StopAsync(EngineSettings.Read(parsed), parsed.GetValue(name)!, parsed.GetValue(force), cancellation)));
        return command;
    }

    private static Argument<string> Name() => new("NAME") { Description = "The service's name." };

    private static async Task<string> RestoreAsync(EngineOptions options, string name, TimeSpan? stopAfter, CancellationToken cancellationToken)
    {
        using var engine = await BackgroundEngine.EnsureAsync(options, cancellationToken);
        var (id, ranAlready) = await StartAsync(engine, name, new RestoreRequest { StopAfter = stopAfter }, cancellationToken);
        var service = await UntilAsync(engine, id, state => state is ServiceState.Running or ServiceState.Scheduled || state.IsEnded(), cancellationToken);
        if (service.Error is { } error) throw new ProblemException(error);
        return service.State switch
        {
            ServiceState.Scheduled => $"'{service.Name}' starts at {service.StartsAt:u}.",
            ServiceState.Running when ranAlready => $"'{service.Name}' runs already.",
            ServiceState.Running => $"'{service.Name}' can be reached.",
            _ => $"'{service.Name}' was stopped meanwhile.",
        };
    }

    private static async Task<(string Id, bool RanAlready)> StartAsync(
        EngineConnection engine, string name, RestoreRequest how, CancellationToken cancellationToken)
    {
        var saved = await engine.SendAsync<SavedService>(HttpMethod.Get, Routes.OneSaved(name), null, cancellationToken);
        if (saved.ServiceId is { } id) return (id, true);
        using var body = ContractsJson.Body(how);
        var started = await engine.SendAsync<ServiceStatus>(HttpMethod.Post, Routes.Restore(name), body, cancellationToken, Timeout.InfiniteTimeSpan);
        return (started.Id, false);
    }

    private static async Task<string> StopAsync(EngineOptions options, string name, bool force, CancellationToken cancellationToken)
    {
        using var engine = await EngineConnection.FindAsync(cancellationToken);
        if (engine is null) return Forget(options, name);
        var services = await engine.SendAsync<IReadOnlyList<ServiceStatus>>(HttpMethod.Get, Routes.Services, null, cancellationToken);
        var service = services.LastOrDefault(one => !one.State.IsEnded() && string.Equals(one.Name, name, StringComparison.OrdinalIgnoreCase));
        if (service is null)
        {
            _ = await engine.SendAsync<SavedService>(HttpMethod.Get, Routes.OneSaved(name), null, cancellationToken);
            return $"'{name}' does not run.";
        }

        if (service.State != ServiceState.Draining || force)
        {
            using var stopping = await engine.SendAsync(HttpMethod.Delete, Routes.Service(service.Id) + (force ? "?force=true" : ""), null, cancellationToken);
        }

        await UntilAsync(engine, service.Id, state => state.IsEnded(), cancellationToken);
        return $"'{service.Name}' is stopped.";
    }

    private static async Task<ServiceStatus> UntilAsync(EngineConnection engine, string id, Func<ServiceState, bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = await engine.SendAsync<ServiceStatus>(HttpMethod.Get, Routes.Service(id), null, cancellationToken);
            if (condition(status.State)) return status;
            await Task.Delay(Pause, cancellationToken);
        }
    }

    // With no engine nothing runs; but one that ran when the last engine was killed would come back with the next.
    private static string Forget(EngineOptions options, string name)
    {
        if (!ControlSocket.TryTake(options.StateFolder, out var place))
            throw new ProblemException(ProblemCodes.EngineStopping, "The engine is starting or stopping.", "Try again in a moment.");
        using (place)
        {
            var store = new ServiceStore(options.StateFolder, new StoreDisk());
            var record = store.Find(name) ?? throw new ProblemException(
                ProblemCodes.SavedNotFound, $"No service is named '{RemoteText.Show(name)}'.",
                "Get-OnionService and Get-OnionService -Saved list them.", name);
            store.StayDown(record.Name);
            return $"'{record.Name}' does not run.";
        }
    }

    private static async Task<int> RunAsync(Func<CancellationToken, Task<string>> work)
    {
        using var signals = new StopSignals();
        try
        {
            await Console.Error.WriteLineAsync(RemoteText.Show(await work(signals.FirstSignal), 400));
            return CommandLine.Done;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("The waiting was stopped; the engine goes on.");
            return CommandLine.Failed;
        }
    }
}

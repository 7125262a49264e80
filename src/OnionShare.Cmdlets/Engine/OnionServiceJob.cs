using OnionShare.Cmdlets;
using OnionShare.Cmdlets.Engine;

namespace OnionShare;

/// <summary>
/// A job that lasts as long as its service: running until the service ends, its output the <see cref="OnionService"/> once it is
/// reachable. Stop-Job stops the service.
/// </summary>
public sealed class OnionServiceJob : Job
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(15);

    private readonly ServiceStart _start;
    private readonly CancellationTokenSource _stop = new();
    private Task _life = Task.CompletedTask;
    private ServiceStatus? _status;

    internal OnionServiceJob(ServiceStart start, string command, string name)
        : base(command, name)
    {
        _start = start;
        start.Warning = text => Warning.Add(new WarningRecord(text));
        PSJobTypeName = "OnionServiceJob";
    }

    /// <summary>The service's id; null until the engine has taken it on.</summary>
    public string? ServiceId => _status?.Id;

    public override bool HasMoreData => Output.Count + Error.Count + Warning.Count + Verbose.Count + Progress.Count > 0;

    public override string Location => _status?.Address ?? "";

    public override string StatusMessage => _status is { } status ? status.State.ToString() : "";

    /// <summary>Stops the service and waits until it is down.</summary>
    public override void StopJob()
    {
        if (JobStateInfo.State is JobState.Completed or JobState.Failed or JobState.Stopped) return;
        _stop.Cancel();
        _life.Wait(StopLimit);
    }

    internal void Begin()
    {
        SetJobState(JobState.Running);
        _life = Task.Run(LiveAsync);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) StopJob();
        base.Dispose(disposing);
    }

    private async Task LiveAsync()
    {
        JobState outcome;
        try
        {
            outcome = await ServeAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            outcome = JobState.Stopped;
        }
        catch (ProblemException exception)
        {
            Report(Errors.From(exception));
            outcome = JobState.Failed;
        }
        catch (Exception exception)
        {
            // Nobody awaits this task: what it throws would otherwise never be seen.
            Report(Errors.From(new Problem(ProblemCodes.Internal, exception.Message), this));
            outcome = JobState.Failed;
        }

        SetJobState(outcome);
    }

    private void Report(ErrorRecord error)
    {
        // What the console puts before the message of an error that comes from no command; else it would be the category, "NotInstalled:".
        error.CategoryInfo.Activity = Name;
        Error.Add(error);
    }

    private async Task<JobState> ServeAsync()
    {
        await using var start = _start;
        using var client = new EngineClient(StatePaths.Socket());
        _status = await start.BeginAsync(_stop.Token);
        _status = await start.FinishAsync(wait: true, _stop.Token);
        Output.Add(LiveService.Started(_status));
        try
        {
            await UntilEndedAsync(client, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            using var limit = new CancellationTokenSource(StopLimit);
            await client.StopServiceAsync(_status.Id, force: true, limit.Token);
            await UntilEndedAsync(client, limit.Token);
            return JobState.Stopped;
        }

        return _status.State == ServiceState.Failed ? throw ServiceStart.Failure(_status) : JobState.Completed;
    }

    private async Task UntilEndedAsync(EngineClient client, CancellationToken cancellationToken)
    {
        await foreach (var change in client.FollowAsync(_status!.Id, cancellationToken))
        {
            if (change is ServiceChanged { Service: var service } && service.Id == _status.Id) _status = service;
            if (_status.State.IsEnded()) return;
        }
    }
}

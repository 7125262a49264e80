using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Pipeline;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands that bring a service up have in common: its life, the waiting with progress, and Ctrl+C.</summary>
public abstract class LaunchCommand : TimedCommand
{
    private const int ProgressId = 1;

    [Parameter(HelpMessage = "When the service is to start; at once without it."), Moment]
    public DateTime StartAt { get; set; }

    [Parameter(HelpMessage = "The service lives on when this session ends.")]
    public SwitchParameter Detach { get; set; }

    [Parameter(HelpMessage = "Return at once; do not wait until the service is reachable.")]
    public SwitchParameter NoWait { get; set; }

    [Parameter(HelpMessage = "Tell on the desktop of transfers that are over, warnings and the service's end; where there is no desktop, by the terminal's bell.")]
    public SwitchParameter Notify { get; set; }

    [Parameter(HelpMessage = "Start the service as a job that lasts as long as the service.")]
    public SwitchParameter AsJob { get; set; }

    private protected DateTimeOffset? StartMoment => Moment(nameof(StartAt), StartAt);

    /// <summary>This session; null for a service that is to be detached.</summary>
    private protected OwnerProcess? Owner => Detach ? null : OwnerProcess.Current();

    /// <summary>This session, where it starts a service that is to be detached: it may still ask what became of it.</summary>
    private protected OwnerProcess? StartedBy => Detach ? OwnerProcess.Current() : null;

    /// <summary>Whether a start that failed leaves nothing that is in the way of another.</summary>
    private protected virtual bool CanStartAgain => true;

    private protected override void CheckTimes()
    {
        base.CheckTimes();
        RequireFuture(nameof(StartAt), StartAt);
    }

    /// <summary>Brings a service up and gives it out; as a job where that was asked for.</summary>
    /// <param name="ask">Asks the engine for it.</param>
    /// <param name="jobName">The name of the job.</param>
    /// <param name="begun">Awaited when the engine has taken it on, in the pipeline even for a job; when it throws, nothing is left of the service.</param>
    private protected async Task LaunchAsync(Func<EngineClient, Task<LaunchedService>> ask, string jobName, Func<ServiceStatus, Task>? begun = null)
    {
        if (!Detach) ExitWarning.Arm(this);
        if (Notify) ask = Notifying(ask);
        if (AsJob)
        {
            if (begun is not null) ask = await BegunAsync(ask, begun);
            var job = new OnionServiceJob(ask, MyInvocation.Line, jobName);
            JobRepository.Add(job);
            job.Begin();
            WriteObject(job);
            return;
        }

        using var client = new EngineClient(StatePaths.Socket());
        var status = await StartOrFetchTorAsync(client, ask, begun);
        Announce(status);
        WriteObject(LiveService.Started(status));
    }

    // The link on a line of its own, as the console itself breaks it: whatever the width, a mouse copies it whole. A view would break it for good. Where
    // nobody looks (a pipe, a file, a job) there is nothing to say.
    private void Announce(ServiceStatus status)
    {
        if (status.Url is not { } url || MyInvocation.PipelinePosition != MyInvocation.PipelineLength) return;
        if (Console.IsOutputRedirected || Host.Name is not ("ConsoleHost" or "Visual Studio Code Host")) return;
        WriteHost(url);
    }

    private static Func<EngineClient, Task<LaunchedService>> Notifying(Func<EngineClient, Task<LaunchedService>> ask) => async client =>
    {
        var launched = await ask(client);
        await DesktopNotices.OfSession.FollowAsync(launched.Status.Id);
        return launched;
    };

    private async Task<Func<EngineClient, Task<LaunchedService>>> BegunAsync(Func<EngineClient, Task<LaunchedService>> ask, Func<ServiceStatus, Task> begun)
    {
        using var client = new EngineClient(StatePaths.Socket());
        var service = await new ServiceStart(client) { Begun = begun }.BeginAsync(ask, StopToken);
        return async other => new LaunchedService(await other.ServiceAsync(service.Id, CancellationToken.None));
    }

    // Once more after the tor that was missing has been fetched, where somebody says that it may be.
    private async Task<ServiceStatus> StartOrFetchTorAsync(EngineClient client, Func<EngineClient, Task<LaunchedService>> ask, Func<ServiceStatus, Task>? begun)
    {
        try
        {
            return await StartAsync(client, ask, begun);
        }
        catch (ProblemException missing) when (TorOffer.Helps(missing.Problem) && CanStartAgain && begun is null)
        {
            var isOff = MyInvocation.BoundParameters.TryGetValue("Confirm", out var confirm) && confirm is SwitchParameter { IsPresent: false };
            if (isOff || !PipelinePump.Outside(() => TorOffer.IsTaken(Host))) throw;
            var progress = new ProgressRecord(ProgressId, "Installing tor", "Fetching from the Tor Project's site and checking");
            WriteProgress(progress);
            try
            {
                await client.InstallTorAsync(new TorInstallRequest(), StopToken);
            }
            finally
            {
                progress.RecordType = ProgressRecordType.Completed;
                WriteProgress(progress);
            }
        }

        return await StartAsync(client, ask, begun);
    }

    private async Task<ServiceStatus> StartAsync(EngineClient client, Func<EngineClient, Task<LaunchedService>> ask, Func<ServiceStatus, Task>? begun)
    {
        var progress = new ProgressRecord(ProgressId, "Starting the onion service", "Starting tor");
        var shown = false;
        var start = new ServiceStart(client)
        {
            Warning = WriteWarning,
            Step = WriteVerbose,
            Begun = begun,
            Progress = step =>
            {
                progress.StatusDescription = step.Text;
                progress.PercentComplete = step.Percent;
                shown = true;
                WriteProgress(progress);
            },
        };
        var status = await start.BeginAsync(ask, StopToken);
        status = await start.FinishAsync(status, wait: !NoWait, StopToken);
        if (shown)
        {
            progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(progress);
        }

        return status;
    }
}

using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Pipeline;
using OnionShare.Cmdlets.Vaults;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands that bring a service up have in common: its life, the waiting with progress, and Ctrl+C.</summary>
public abstract class LaunchCommand : OnionCommand
{
    private const int ProgressId = 1;

    [Parameter(HelpMessage = "When the service is to start; at once without it."), Moment, ArgumentCompleter(typeof(MomentCompleter))]
    public DateTime StartAt { get; set; }

    [Parameter(HelpMessage = "The service lives on when this session ends.")]
    public SwitchParameter Detach { get; set; }

    [Parameter(HelpMessage = "Return at once; do not wait until the service is reachable.")]
    public SwitchParameter NoWait { get; set; }

    [Parameter(HelpMessage = "Tell on the desktop of transfers that are over, warnings and the service's end; where there is no desktop, by the terminal's bell.")]
    public SwitchParameter Notify { get; set; }

    [Parameter(HelpMessage = "Start the service as a job that lasts as long as the service.")]
    public SwitchParameter AsJob { get; set; }

    [Parameter(HelpMessage = "When the service is to stop."), Moment, ArgumentCompleter(typeof(MomentCompleter))]
    public DateTime StopAt { get; set; }

    [Parameter(HelpMessage = "How long the service is to run, counted from the moment it is first reachable."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan StopAfter { get; set; }

    private protected DateTimeOffset? StartMoment => Moment(nameof(StartAt), StartAt);
    private protected DateTimeOffset? StopMoment => Moment(nameof(StopAt), StopAt);
    private protected TimeSpan? StopSpan => IsGiven(nameof(StopAfter)) ? StopAfter : null;

    /// <summary>This session; null for a service that is to be detached.</summary>
    private protected OwnerProcess? Owner => Detach ? null : OwnerProcess.Current();

    /// <summary>This session, where it starts a service that is to be detached: it may still ask what became of it.</summary>
    private protected OwnerProcess? StartedBy => Detach ? OwnerProcess.Current() : null;

    /// <summary>Whether a start that failed leaves nothing that is in the way of another.</summary>
    private protected virtual bool CanStartAgain => true;

    /// <summary>Throws a terminating error for times that have passed or exclude each other.</summary>
    private protected void CheckTimes()
    {
        Exclude(nameof(StopAt), nameof(StopAfter));
        RequireFuture(nameof(StopAt), StopAt);
        RequireFuture(nameof(StartAt), StartAt);
    }

    /// <summary>The absolute paths of files with keys. Throws a terminating error for what can't be one.</summary>
    private protected IReadOnlyList<string>? KeyFiles(string[]? files) =>
        files is null ? null : [.. files.Select(file => new SharedPaths(this, ThrowTerminatingError).Literal(file)!)];

    /// <summary>Brings a service up and gives it out; as a job where that was asked for.</summary>
    /// <param name="request">What the engine is asked for.</param>
    /// <param name="jobName">The name of the job.</param>
    /// <param name="vault">Keeps it as soon as the engine has taken it on, in the pipeline even for a job; when it refuses, nothing is left of the service.</param>
    private protected async Task LaunchAsync(LaunchRequest request, string jobName, VaultedServices? vault = null)
    {
        if (!Detach) ExitWarning.Arm(this);
        if (AsJob)
        {
            await LaunchJobAsync(new ServiceStart(request) { Notify = Notify }, jobName, vault);
            return;
        }

        var status = await StartOrFetchTorAsync(request, vault);
        Announce(status);
        WriteObject(LiveService.Started(status));
    }

    private async Task LaunchJobAsync(ServiceStart start, string name, VaultedServices? vault)
    {
        var job = new OnionServiceJob(start, MyInvocation.Line, name);
        try
        {
            if (vault is not null) await vault.KeepAsync(await start.BeginAsync(StopToken));
        }
        catch
        {
            await start.DisposeAsync();
            job.Dispose();
            throw;
        }

        JobRepository.Add(job);
        job.Begin();
        WriteObject(job);
    }

    // The link on a line of its own, as the console itself breaks it: whatever the width, a mouse copies it whole. A view would break it for good. Where
    // nobody looks (a pipe, a file, a job) there is nothing to say.
    private void Announce(ServiceStatus status)
    {
        if (status.Url is not { } url || MyInvocation.PipelinePosition != MyInvocation.PipelineLength) return;
        if (Console.IsOutputRedirected || Host.Name is not ("ConsoleHost" or "Visual Studio Code Host")) return;
        WriteHost(url);
    }

    // Once more after the tor that was missing has been fetched, where somebody says that it may be: not where the settings name a program, or the one
    // that is there is too old.
    private async Task<ServiceStatus> StartOrFetchTorAsync(LaunchRequest request, VaultedServices? vault)
    {
        try
        {
            return await StartAsync(request, vault);
        }
        catch (ProblemException missing) when (missing.Problem is { Code: ProblemCodes.TorNotFound, Target: null } && CanStartAgain && vault is null)
        {
            if (IsOff("Confirm") || !PipelinePump.Outside(MayFetchTor)) throw;
            await ShowWaitAsync(
                "Installing tor", "Fetching from the Tor Project's site and checking", () => Engine.Running.Tor.InstallAsync(new TorInstallRequest(), StopToken));
        }

        return await StartAsync(request, vault);
    }

    private bool MayFetchTor() => Question.IsYes(
        Host,
        "There is no tor on this computer",
        "Fetch it now from the Tor Project (dist.torproject.org, about 30 MB)? That goes outside Tor: who watches this connection sees that tor is fetched.",
        "Fetches tor as Install-OnionTor does, checks its signature, keeps it for this user, and starts the service.",
        "Fetches nothing; the service is not started.");

    private async Task<ServiceStatus> StartAsync(LaunchRequest request, VaultedServices? vault)
    {
        var progress = new ProgressRecord(ProgressId, "Starting the onion service", "Starting tor");
        var shown = false;
        await using var start = new ServiceStart(request)
        {
            Warning = WriteWarning,
            Step = WriteVerbose,
            Notify = Notify,
            Progress = step =>
            {
                progress.StatusDescription = step.Text;
                progress.PercentComplete = step.Percent;
                shown = true;
                WriteProgress(progress);
            },
        };
        if (vault is not null) await vault.KeepAsync(await start.BeginAsync(StopToken));
        var status = await start.FinishAsync(wait: !NoWait, StopToken);
        if (shown) Complete(progress);

        return status;
    }
}

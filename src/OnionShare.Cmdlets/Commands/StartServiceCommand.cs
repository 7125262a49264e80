using System.Management.Automation;
using System.Net;
using System.Security;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What all commands that start a service have in common: their parameters, the waiting, and Ctrl+C.</summary>
public abstract class StartServiceCommand : AsyncPSCmdlet
{
    /// <summary>The type name the list view of a service just started hangs on: it shows the whole URL.</summary>
    internal const string StartedTypeName = "OnionShare.OnionService#Started";

    private const int ProgressId = 1;

    /// <summary>A name for the service; without one the engine makes one up.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The title of its pages.</summary>
    [Parameter, ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>No password is asked of visitors.</summary>
    [Parameter]
    public SwitchParameter Public { get; set; }

    /// <summary>The visitors' password, a string or a SecureString; without one the engine draws one.</summary>
    [Parameter, Password]
    public SecureString? Password { get; set; }

    /// <summary>When the service is to start; at once without it.</summary>
    [Parameter]
    public DateTime StartAt { get; set; }

    /// <summary>When the service is to stop.</summary>
    [Parameter]
    public DateTime StopAt { get; set; }

    /// <summary>How long the service is to run, counted from the moment it is first reachable.</summary>
    [Parameter, Duration]
    public TimeSpan StopAfter { get; set; }

    /// <summary>No tor: the service answers on 127.0.0.1 only.</summary>
    [Parameter]
    public SwitchParameter LocalOnly { get; set; }

    /// <summary>The service lives on when this session ends.</summary>
    [Parameter]
    public SwitchParameter Detach { get; set; }

    /// <summary>Different wrong passwords after which the service stops; 0 = never, only delay.</summary>
    [Parameter, ValidateRange(0, int.MaxValue)]
    public int GuessLimit { get; set; } = 20;

    /// <summary>Return at once; do not wait until the service is reachable.</summary>
    [Parameter]
    public SwitchParameter NoWait { get; set; }

    /// <summary>Start the service as a job that lasts as long as the service.</summary>
    [Parameter]
    public SwitchParameter AsJob { get; set; }

    /// <summary>What the command is about to do and to what, for -WhatIf and -Confirm.</summary>
    private protected abstract (string Target, string Action) Intent { get; }

    /// <summary>Where visitors come to it, the end of an action's sentence.</summary>
    private protected string Where => LocalOnly ? " on 127.0.0.1" : " as a Tor onion service";

    /// <summary>Throws a terminating error for parameters of the command's own that make no sense together.</summary>
    private protected virtual void CheckParameters()
    {
    }

    /// <summary>The request without the common settings. Throws a terminating error for what can't be served.</summary>
    private protected abstract ServiceRequest MakeRequest();

    /// <inheritdoc/>
    protected sealed override void BeginProcessing()
    {
        // Checked first, so that a mistake is told before the pipeline has done its work.
        if (Public && Password is not null) ThrowTerminatingError(Errors.ParametersClash(nameof(Public), nameof(Password)));
        if (IsGiven(nameof(StopAt)) && IsGiven(nameof(StopAfter)))
            ThrowTerminatingError(Errors.ParametersClash(nameof(StopAt), nameof(StopAfter)));
        if (Password is { Length: 0 }) ThrowTerminatingError(Errors.EmptyPassword());
        RequireFuture(nameof(StartAt), StartAt);
        RequireFuture(nameof(StopAt), StopAt);
        CheckParameters();
    }

    /// <inheritdoc/>
    protected sealed override async Task EndProcessingAsync()
    {
        var request = MakeRequest() with
        {
            Name = Name,
            Title = Title,
            Public = Public,
            Password = Password is null ? null : new NetworkCredential("", Password).Password,
            LocalOnly = LocalOnly,
            GuessLimit = GuessLimit,
            StartAt = Moment(nameof(StartAt), StartAt),
            StopAt = Moment(nameof(StopAt), StopAt),
            StopAfter = IsGiven(nameof(StopAfter)) ? StopAfter : null,
            Owner = Detach ? null : OwnerProcess.Current(),
        };
        var (target, action) = Intent;
        if (!ShouldProcess(target, action)) return;

        if (AsJob)
        {
            var job = new OnionServiceJob(request, MyInvocation.Line, Name ?? request.Mode.ToString());
            JobRepository.Add(job);
            job.Begin();
            WriteObject(job);
            return;
        }

        using var client = new EngineClient(StatePaths.Socket());
        var status = await StartAsync(client, request);
        var started = new PSObject(new OnionService(status));
        started.TypeNames.Insert(0, StartedTypeName);
        WriteObject(started);
    }

    private async Task<ServiceStatus> StartAsync(EngineClient client, ServiceRequest request)
    {
        var progress = new ProgressRecord(ProgressId, "Starting the onion service", "Starting tor");
        var shown = false;
        var start = new ServiceStart(client)
        {
            Warning = WriteWarning,
            Progress = step =>
            {
                progress.StatusDescription = step.Text;
                progress.PercentComplete = step.Percent;
                shown = true;
                WriteProgress(progress);
            },
        };
        var status = await start.BeginAsync(request, StopToken);
        status = await start.FinishAsync(status, wait: !NoWait, StopToken);
        if (shown)
        {
            progress.RecordType = ProgressRecordType.Completed;
            WriteProgress(progress);
        }

        return status;
    }

    /// <summary>Whether the parameter was given.</summary>
    private protected bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    private void RequireFuture(string parameter, DateTime time)
    {
        if (Moment(parameter, time) is { } moment && moment <= DateTimeOffset.Now)
            ThrowTerminatingError(Errors.TimePassed(parameter, moment));
    }

    // A time of unspecified kind is local: that is what '17:00' typed at a prompt means.
    private DateTimeOffset? Moment(string parameter, DateTime time) => IsGiven(parameter) ? new DateTimeOffset(time.ToLocalTime()) : null;
}

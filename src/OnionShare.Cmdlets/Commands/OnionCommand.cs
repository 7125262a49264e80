using OnionShare.Cmdlets.Engine;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// A cmdlet whose body is a task, and which may ask the engine. Everything the body awaits returns to the pipeline's thread; Ctrl+C cancels
/// <see cref="StopToken"/> and then waits for the body, so that its cleanup is done when the prompt comes back.
/// </summary>
public abstract class OnionCommand : PSCmdlet, IDisposable
{
    private protected const int WaitId = 3; // of the progress record

    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    // The engine's limit, too. A date further away is one of another calendar, or mistyped.
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(3660);

    private EngineClient? _client;
    private bool? _isThere;

    /// <summary>Cancelled when the person or a command further down wants no more of this.</summary>
    protected internal CancellationToken StopToken => PipelineStopToken;

    /// <summary>The engine; one is started for what it is asked if none runs.</summary>
    internal EngineClient Engine => (_client ??= new EngineClient(StatePaths.Socket())).Starting;

    private protected RunningServices Services => new(this);
    private protected SavedServices SavedServices => new(this);
    private protected CallersVaults Vaults => new(this);

    public void Dispose() => _client?.Dispose();

    protected virtual Task ProcessRecordAsync() => Task.CompletedTask;

    /// <summary>What is done after the last object of the pipeline.</summary>
    protected virtual Task EndProcessingAsync() => Task.CompletedTask;

    protected sealed override void ProcessRecord() => Run(ProcessRecordAsync);

    protected sealed override void EndProcessing() => Run(EndProcessingAsync);

    public new void WriteObject(object? sendToPipeline) => Outside(() => base.WriteObject(sendToPipeline));

    public new void WriteError(ErrorRecord errorRecord) => Outside(() => base.WriteError(errorRecord));

    public new void WriteWarning(string text) => Outside(() => base.WriteWarning(text));

    public new void WriteVerbose(string text) => Outside(() => base.WriteVerbose(text));

    /// <summary>Says something to the person at the console, as Write-Host does; it is no output.</summary>
    private protected void WriteHost(string text) =>
        Outside(() => base.WriteInformation(new HostInformationMessage { Message = text }, ["PSHOST"]));

    public new void WriteProgress(ProgressRecord progressRecord) => Outside(() => base.WriteProgress(progressRecord));

    /// <summary>Asks, or says, whether to do it (-Confirm, -WhatIf).</summary>
    public new bool ShouldProcess(string target, string action) => PipelinePump.Outside(() => base.ShouldProcess(target, action));

    /// <summary>Asks, or says, whether to do it, where the whole of it has to be described.</summary>
    public new bool ShouldProcess(string description, string question, string caption) =>
        PipelinePump.Outside(() => base.ShouldProcess(description, question, caption));

    /// <summary>The engine that runs; null where none does. None is started.</summary>
    internal async Task<EngineClient?> EngineAsync()
    {
        if (_isThere == true) return Engine.Running;
        var isThere = await Engine.Running.IsThereAsync(StopToken);
        if (!isThere && _isThere is null) WriteVerbose("No engine is running, so there are no services.");
        _isThere = isThere;
        return isThere ? Engine.Running : null;
    }

    internal bool IsGiven(string parameter) => MyInvocation.BoundParameters.ContainsKey(parameter);

    /// <summary>Whether a switch was given as $false.</summary>
    private protected bool IsOff(string parameter) =>
        MyInvocation.BoundParameters.TryGetValue(parameter, out var given) && given is SwitchParameter { IsPresent: false };

    /// <summary>Throws a terminating error when both parameters were given.</summary>
    private protected void Exclude(string first, string second)
    {
        if (IsGiven(first) && IsGiven(second)) ThrowTerminatingError(Errors.ParametersClash(first, second));
    }

    // A time of unspecified kind is local: that is what '17:00' typed at a prompt means, and what ToUniversalTime (unlike ToLocalTime) takes it for.
    private protected DateTimeOffset? Moment(string parameter, DateTime time) =>
        IsGiven(parameter) ? new DateTimeOffset(time.ToUniversalTime()).ToLocalTime() : null;

    /// <summary>Throws a terminating error when a time was given and is not to come.</summary>
    private protected void RequireFuture(string parameter, DateTime time)
    {
        if (Moment(parameter, time) is not { } moment) return;
        if (moment <= DateTimeOffset.Now) ThrowTerminatingError(Errors.TimePassed(parameter, moment));
        if (moment - DateTimeOffset.Now > Furthest) ThrowTerminatingError(Errors.TimeTooFar(parameter, moment));
    }

    /// <summary>
    /// A file as Get-Item gives it: without what the provider adds, PowerShell shows no size on Linux and macOS. One that the provider can't name, or
    /// that somebody has moved already, comes without.
    /// </summary>
    private protected PSObject FileItem(string path) => File.Exists(path) && !BackslashNames.AreIn(path)
        ? PipelinePump.Outside(() => InvokeProvider.Item.Get([path], force: true, literalPath: true)[0])
        : new PSObject(new FileInfo(path));

    /// <summary>Works on one of several; what is refused is an error of that one, and the others are still worked on.</summary>
    private protected async Task ForOneAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (ProblemException exception)
        {
            WriteError(Errors.From(exception));
        }
    }

    /// <summary>Shows that <paramref name="work"/> goes on, and for how long already.</summary>
    private protected async Task<T> ShowWaitAsync<T>(string activity, string status, Func<Task<T>> work)
    {
        var progress = new ProgressRecord(WaitId, activity, status);
        var since = DateTime.UtcNow;
        try
        {
            var working = work();
            while (!working.IsCompleted && !StopToken.IsCancellationRequested)
            {
                progress.StatusDescription = $"{status} ({(DateTime.UtcNow - since).TotalSeconds:0} s)";
                WriteProgress(progress);
                await Task.WhenAny(working, Task.Delay(Tick, StopToken));
            }

            return await working;
        }
        finally
        {
            Complete(progress);
        }
    }

    private protected void Complete(ProgressRecord progress)
    {
        progress.RecordType = ProgressRecordType.Completed;
        WriteProgress(progress);
    }

    private static void Outside(Action action) => PipelinePump.Outside(() =>
    {
        action();
        return true;
    });

    private void Run(Func<Task> body)
    {
        try
        {
            PipelinePump.Run(body);
        }
        catch (OperationCanceledException) when (StopToken.IsCancellationRequested)
        {
            // A stop is no error: the pipeline knows this exception and reports nothing.
            throw new PipelineStoppedException();
        }
        catch (ProblemException exception)
        {
            ThrowTerminatingError(Errors.From(exception));
        }
    }
}

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// What commands at the end of <c>Set-OnionTor … -PassThru |</c> have in common: there is one tor a user, so what comes in says only
/// that it is their turn. Where nothing comes in, because the command before was not carried out (-WhatIf), nothing is done.
/// </summary>
public abstract class PipedTorCommand : TorCommand
{
    private bool _done;

    [Parameter(ValueFromPipeline = true, HelpMessage = "tor, as the other commands give it.")]
    public OnionTor? InputObject { get; set; }

    /// <summary>What the command does, once.</summary>
    private protected abstract Task RunAsync();

    protected sealed override Task ProcessRecordAsync()
    {
        if (_done) return Task.CompletedTask;
        _done = true;
        return RunAsync();
    }
}

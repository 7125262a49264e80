using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Receive-OnionMessage</c>: gives out what is said in a chat room, as it is said.</summary>
[Cmdlet(VerbsCommunications.Receive, "OnionMessage")]
[OutputType(typeof(OnionMessage))]
public sealed class ReceiveOnionMessageCommand : ChatClientCommand
{
    [Parameter(HelpMessage = "How many messages to wait for; without it, until Ctrl+C or the room's end."), ValidateRange(1, int.MaxValue)]
    public int Count { get; set; } = int.MaxValue;

    [Parameter(HelpMessage = "How long to stay."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan Timeout { get; set; }

    [Parameter(HelpMessage = "Give out comings and goings and lost connections as well.")]
    public SwitchParameter IncludeStatus { get; set; }

    protected override async Task EndProcessingAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        if (IsGiven(nameof(Timeout))) limit.CancelAfter(Timeout);
        var left = Count;
        try
        {
            await VisitAsync(happened =>
            {
                if (happened.Type == ChatEventType.Said || IncludeStatus) WriteObject(new OnionMessage(happened));
                if (happened.Type == ChatEventType.Said) left--;
                return left > 0;
            }, limit.Token);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // The time to stay is over, which is how this ends.
        }
    }
}

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Send-OnionMessage</c>: says something in a chat room, and leaves it.</summary>
[Cmdlet(VerbsCommunications.Send, "OnionMessage", SupportsShouldProcess = true)]
[OutputType(typeof(OnionMessage))]
public sealed class SendOnionMessageCommand : ChatClientCommand
{
    private readonly List<string> _messages = [];

    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true, HelpMessage = "What to say; each string is a message, and blank ones are left out."), AllowNull, AllowEmptyString, AllowEmptyCollection]
    public string?[]? Message { get; set; } = [];

    [Parameter(HelpMessage = "Give out what was said as the room told it to everybody.")]
    public SwitchParameter PassThru { get; set; }

    protected override Task ProcessRecordAsync()
    {
        _messages.AddRange((Message ?? []).OfType<string>().Where(text => !string.IsNullOrWhiteSpace(text)));
        return Task.CompletedTask;
    }

    protected override async Task EndProcessingAsync()
    {
        if (_messages.Count == 0) ThrowTerminatingError(Errors.NothingToSay());
        if (!ShouldProcess(AccessTo(Url).Shown, _messages.Count == 1 ? "Say a message" : $"Say {_messages.Count} messages")) return;
        Task? saying = null;
        using var said = CancellationTokenSource.CreateLinkedTokenSource(StopToken);
        var left = _messages.Count;
        try
        {
            await VisitAsync(happened =>
            {
                // Said again by itself when the connection is lost; begun once.
                if (happened is { Type: ChatEventType.Entered, Room: { } room }) saying ??= SayAsync(room, said);
                if (happened is { Type: ChatEventType.Said, IsOwn: true })
                {
                    left--;
                    if (PassThru) WriteObject(new OnionMessage(happened));
                }

                return left > 0;
            }, said.Token);
        }
        catch (OperationCanceledException) when (!StopToken.IsCancellationRequested)
        {
            // A message was refused; why is thrown below.
        }

        if (saying is not null) await saying;
    }

    private async Task SayAsync(string room, CancellationTokenSource said)
    {
        try
        {
            foreach (var message in _messages) await Engine.Remote.SayAsync(room, message, StopToken);
        }
        catch
        {
            await said.CancelAsync();
            throw;
        }
    }
}

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands in somebody else's chat room have in common.</summary>
public abstract class ChatClientCommand : RemoteCommand
{
    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The room's URL."), ValidateNotNullOrEmpty]
    public string Url { get; set; } = "";

    [Parameter(HelpMessage = "The name to take; without it the room draws one."), ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Enters the room; what happens there is given to <paramref name="hear"/> until it answers false, and then the room is left.</summary>
    private protected Task VisitAsync(Func<ChatEvent, bool> hear, CancellationToken cancellationToken) => AtAsync(AccessTo(Url), async known =>
    {
        var request = new ChatVisitRequest
        {
            Url = known.Url,
            Password = Secret.Plain(known.Password),
            ClientKey = Secret.Plain(known.ClientKey),
            LocalOnly = known.LocalOnly,
            Name = Name,
        };
        await foreach (var happened in Engine.Remote.ChatAsync(request, cancellationToken))
            if (!hear(happened)) break;
    });
}

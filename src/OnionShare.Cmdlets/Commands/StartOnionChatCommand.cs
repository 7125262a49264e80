namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionChat</c>: runs a chat room that stores nothing.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionChat", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionChatCommand : StartServiceCommand
{
    [Parameter(ValueFromPipeline = true, DontShow = true, HelpMessage = "Nothing: what comes down the pipeline is refused, and no room is opened.")]
    [AllowNull, AllowEmptyString, AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    protected override Task ProcessRecordAsync()
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))) Paths.Refuse(PathErrors.NoInput("Start-OnionChat"));
        return Task.CompletedTask;
    }

    private protected override (string Target, string Action) Intent =>
        (RemoteText.Show(Name ?? Title ?? "chat room", 60), "Open" + Where);

    private protected override ServiceRequest MakeRequest() => new ChatRequest();
}

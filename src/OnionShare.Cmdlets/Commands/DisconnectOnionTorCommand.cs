namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Disconnect-OnionTor</c>: lets tor go until it is next needed.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "OnionTor", SupportsShouldProcess = true)]
public sealed class DisconnectOnionTorCommand : PipedTorCommand
{
    [Parameter(HelpMessage = "Also while services need it: nobody reaches them until it is connected again.")]
    public SwitchParameter Force { get; set; }

    private protected override async Task RunAsync()
    {
        if (await EngineAsync() is not { } client) return;
        if (ShouldProcess("tor", Force ? "Disconnect, leaving services unreachable until it is connected again" : "Disconnect"))
            await client.Tor.DisconnectAsync(Force, StopToken);
    }
}

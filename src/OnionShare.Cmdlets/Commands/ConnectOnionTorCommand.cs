using System.Management.Automation;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Connect-OnionTor</c>: connects tor with the saved settings, and falls back to the last good ones where they don't connect.</summary>
[Cmdlet(VerbsCommunications.Connect, "OnionTor", SupportsShouldProcess = true)]
[OutputType(typeof(OnionTor))]
public sealed class ConnectOnionTorCommand : PipedTorCommand
{
    private protected override async Task RunAsync()
    {
        if (!ShouldProcess("tor", "Connect to the Tor network with the saved settings")) return;
        await WatchTorAsync("Connecting tor", () => Engine.Tor.ConnectAsync(StopToken));
        var tor = await TorAsync();
        if (tor.Weakness is { } weakness) WriteWarning(weakness + " Update it.");
        WriteObject(tor);
    }
}

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionEngine</c>: how the engine stands; nothing where none runs.</summary>
[Cmdlet(VerbsCommon.Get, "OnionEngine")]
[OutputType(typeof(OnionEngine))]
public sealed class GetOnionEngineCommand : OnionCommand
{
    protected override async Task EndProcessingAsync()
    {
        if (await EngineAsync() is { } client) WriteObject(new OnionEngine(await client.EngineAsync(StopToken)));
    }
}

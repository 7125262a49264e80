namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionTor</c>: how tor stands, and its settings. Brings no tor up, and no engine where no setting was ever saved.</summary>
[Cmdlet(VerbsCommon.Get, "OnionTor")]
[OutputType(typeof(OnionTor))]
public sealed class GetOnionTorCommand : TorCommand
{
    protected override async Task EndProcessingAsync() => WriteObject(
        await EngineAsync() is null && !File.Exists(StatePaths.TorSettingsFile())
            ? new OnionTor(new TorStatus { State = TorState.Off }, new TorSettings())
            : await TorAsync());
}

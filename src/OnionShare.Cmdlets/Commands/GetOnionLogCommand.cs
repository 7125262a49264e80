namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Get-OnionLog</c>: the last lines of the engine's log, from its memory.</summary>
[Cmdlet(VerbsCommon.Get, "OnionLog")]
[OutputType(typeof(OnionLogRecord))]
public sealed class GetOnionLogCommand : OnionCommand
{
    [Parameter(Position = 0, HelpMessage = "How many of the last lines; all that are kept without it."), ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = int.MaxValue;

    [Parameter(HelpMessage = "Only lines that matter as much as this or more.")]
    public LogImportance Importance { get; set; }

    protected override async Task EndProcessingAsync()
    {
        if (await EngineAsync() is not { } client) return;
        foreach (var record in (await client.LogAsync(StopToken)).Where(record => record.Importance >= Importance).TakeLast(Last))
            WriteObject(new OnionLogRecord(record));
    }
}

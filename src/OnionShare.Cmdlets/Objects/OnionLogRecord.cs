namespace OnionShare;

public sealed class OnionLogRecord
{
    private readonly LogRecord _record;

    internal OnionLogRecord(LogRecord record) => _record = record;

    /// <summary>When it was written, in local time.</summary>
    public DateTime Time => _record.Time.LocalDateTime;

    /// <summary>Debug, Information, Warning or Error.</summary>
    public string Importance => _record.Importance.ToString();

    /// <summary>The part of the engine that wrote it.</summary>
    public string Source => RemoteText.Show(_record.Source, 100);

    /// <summary>What it says, fit to be shown anywhere.</summary>
    public string Message => RemoteText.Show(_record.Message, 2000);

    public override string ToString() => Message;
}

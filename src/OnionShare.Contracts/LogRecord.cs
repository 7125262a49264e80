namespace OnionShare.Contracts;

public enum LogImportance
{
    Debug,
    Information,
    Warning,
    Error,
}

/// <summary>A line of the engine's log, as it is kept in memory. It holds no password and no key.</summary>
public sealed record LogRecord
{
    public required DateTimeOffset Time { get; init; }
    public required LogImportance Importance { get; init; }

    /// <summary>The part of the engine that wrote it.</summary>
    public required string Source { get; init; }

    /// <summary>What it says, fit to be shown anywhere.</summary>
    public required string Message { get; init; }
}

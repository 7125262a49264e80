using OnionShare.Contracts;

namespace OnionShare.Engine;

public sealed record EngineOptions
{
    public string StateFolder { get; init; } = StatePaths.StateFolder();

    /// <summary>A file of torrc lines that its tor includes; null for none.</summary>
    public string? TorrcInclude { get; init; }

    /// <summary>The tor program to run; null to look for one.</summary>
    public string? TorExecutable { get; init; }

    /// <summary>Whether it is the engine in the background: the one that changes tor's settings and keeps note of those that connected.</summary>
    public bool IsBackground { get; init; }

    public string? LogFile { get; init; }
}

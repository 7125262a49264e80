namespace OnionShare.Contracts;

public enum TorCheckResult
{
    Passed,

    /// <summary>It works, but something about it will make trouble.</summary>
    Warning,
    Failed,

    /// <summary>Not looked at, because an earlier check failed or it has no meaning here.</summary>
    Skipped,
}

/// <summary>One step of a diagnosis, of tor or of a service, in the order of the way a visitor's bytes take.</summary>
public sealed record TorCheck
{
    /// <summary>A stable name; of tor: executable, version, control, clock, bootstrap, descriptor, round-trip; of a service: descriptor, circuit, password, page, download.</summary>
    public required string Name { get; init; }
    public required TorCheckResult Result { get; init; }

    /// <summary>What was found: a sentence for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>What to do about it; null where there is nothing to do.</summary>
    public string? Advice { get; init; }
    public required TimeSpan Elapsed { get; init; }
}

namespace OnionShare.Contracts;

/// <summary>The body of <c>PATCH /v1/services/{id}</c>: changes a service while it runs. What is null stays as it is.</summary>
public sealed record ServiceChange
{
    /// <summary>Another password for visitors. The count of wrong ones starts anew. Not for public services.</summary>
    public string? Password { get; init; }
    public string? Title { get; init; }

    /// <summary>Different wrong passwords after which the service stops; 0 = never, only delay.</summary>
    public int? GuessLimit { get; init; }
    public DateTimeOffset? StopAt { get; init; }

    /// <summary>Run for this time from now on; for a service that is not yet reachable, from the moment it is.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>Run until it is stopped. Excludes the two before.</summary>
    public bool NoStopTime { get; init; }
}

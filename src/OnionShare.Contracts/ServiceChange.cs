using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>The body of <c>PATCH /v1/services/{id}</c> and <c>PATCH /v1/saved/{name}</c>: changes a service while it runs, or a saved one. What is null stays as it is.</summary>
public sealed record ServiceChange
{
    /// <summary>Another password for visitors. The count of wrong ones starts anew. Not for public services.</summary>
    public string? Password { get; init; }
    public string? Title { get; init; }

    /// <summary>Another language of its pages, as a tag (<see cref="PageLanguage"/>); empty for the one of each visitor's browser.</summary>
    public string? Language { get; init; }

    /// <summary>Whether its transfers are kept on the disk from now on. Not for services that encrypt what comes in.</summary>
    public bool? KeepHistory { get; init; }

    /// <summary>Different wrong passwords after which the service stops; 0 = never, only delay.</summary>
    public int? GuessLimit { get; init; }
    public DateTimeOffset? StopAt { get; init; }

    /// <summary>Run for this time from now on; for a service that is not yet reachable, from the moment it is.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>Run until it is stopped. Excludes the two before.</summary>
    public bool NoStopTime { get; init; }

    /// <summary>Another name, which no service that runs or is saved has.</summary>
    public string? Name { get; init; }

    /// <summary>The engine owns it from now on: it lives on when the session that started it ends.</summary>
    public bool Detach { get; init; }

    /// <summary>
    /// Files and folders to share, too: absolute paths; of a share that goes on after a download. Downloads of what was shared before go on to their end.
    /// </summary>
    public IReadOnlyList<string>? AddPaths { get; init; }

    /// <summary>Those of <see cref="AddPaths"/> that came from a listing (<see cref="PathsRequest.Listed"/>).</summary>
    public IReadOnlyList<string>? AddListed { get; init; }

    /// <summary>
    /// Files and folders not to share any more, as <see cref="ServiceStatus.Paths"/> has them. Downloads under way are cut, whatever they are of: an archive
    /// that holds what was taken away must not be completed.
    /// </summary>
    public IReadOnlyList<string>? RemovePaths { get; init; }

    /// <summary>As <see cref="ReceiveRequest.MaxFileSize"/>, from the next submission on; 0 for no limit.</summary>
    public long? MaxFileSize { get; init; }

    /// <summary>As <see cref="ReceiveRequest.MaxSubmissionSize"/>, from the next submission on; 0 for no limit.</summary>
    public long? MaxSubmissionSize { get; init; }

    /// <summary>As <see cref="ReceiveRequest.MaxFiles"/>, from the next submission on.</summary>
    public int? MaxFiles { get; init; }

    /// <summary>As <see cref="ReceiveRequest.MaxTotalSize"/>, what it has taken before included; 0 for no limit.</summary>
    public long? MaxTotalSize { get; init; }

    /// <summary>As <see cref="ReceiveRequest.MinFreeSpace"/>.</summary>
    public long? MinFreeSpace { get; init; }

    /// <summary>As <see cref="ReceiveRequest.MaxConcurrent"/>; 0 for no limit.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>Whether it changes what an inbox takes.</summary>
    [JsonIgnore]
    public bool HasLimits => (MaxFileSize ?? MaxSubmissionSize ?? MaxTotalSize ?? MinFreeSpace ?? MaxFiles ?? MaxConcurrent) is not null;
}

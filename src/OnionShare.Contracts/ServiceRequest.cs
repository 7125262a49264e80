using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>The body of <c>POST /v1/services</c>. The property <c>mode</c> names the kind: share, receive, website or chat.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "mode", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ShareRequest), "share")]
public abstract record ServiceRequest
{
    /// <summary>The kind of service asked for.</summary>
    [JsonIgnore]
    public abstract ServiceMode Mode { get; }

    /// <summary>A name for the service; without one the engine makes one up.</summary>
    public string? Name { get; init; }

    /// <summary>The title of its pages.</summary>
    public string? Title { get; init; }

    /// <summary>No password is asked of visitors.</summary>
    public bool Public { get; init; }

    /// <summary>The visitors' password; without one the engine draws one.</summary>
    public string? Password { get; init; }

    /// <summary>No tor: the service answers on 127.0.0.1 only.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Different wrong passwords after which the service stops; 0 = never, only delay.</summary>
    public int GuessLimit { get; init; } = 20;

    /// <summary>When the service is to start; at once without it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>When the service is to stop.</summary>
    public DateTimeOffset? StopAt { get; init; }

    /// <summary>How long the service is to run, counted from the moment it is first reachable.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>The session that owns the service; without one it is detached and runs until it is stopped.</summary>
    public OwnerProcess? Owner { get; init; }
}

/// <summary>Offers files and folders for download.</summary>
public sealed record ShareRequest : ServiceRequest
{
    /// <inheritdoc/>
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Share;

    /// <summary>Absolute paths of the files and folders.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>Go on after a complete download, and let visitors browse folders and fetch single files.</summary>
    public bool KeepSharing { get; init; }

    /// <summary>Offer a compressed zip: smaller, but of unknown length and not resumable.</summary>
    public bool Compress { get; init; }
}

/// <summary>A process that owns a service: when it ends, the service goes down.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="StartTime">When it was started, so that a reused process id is not taken for it.</param>
public sealed record OwnerProcess(int ProcessId, DateTimeOffset StartTime)
{
    /// <summary>The calling process.</summary>
    public static OwnerProcess Current()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new OwnerProcess(process.Id, process.StartTime);
    }
}

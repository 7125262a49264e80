namespace OnionShare.Contracts;

public sealed record ServiceStatus
{
    /// <summary>Its id: eight lower-case hexadecimal digits, unique within an engine.</summary>
    public required string Id { get; init; }

    /// <summary>Its name, unique among the services that have not ended.</summary>
    public required string Name { get; init; }
    public required ServiceMode Mode { get; init; }
    public required ServiceState State { get; init; }
    public required string Title { get; init; }

    /// <summary>The language its operator chose for its pages, as a tag (<see cref="PageLanguage"/>); null for that of each visitor's browser.</summary>
    public string? Language { get; init; }

    /// <summary>What to give to a visitor, password included; null until the address is known. For a backend of Onionbalance it is the front's.</summary>
    public string? Url { get; init; }

    /// <summary>Its own host: <c>56 characters.onion</c>, or <c>127.0.0.1:port</c>.</summary>
    public string? Address { get; init; }

    /// <summary>The Onionbalance front (<c>56 characters.onion</c>) it is a backend of; null for none.</summary>
    public string? OnionBalance { get; init; }

    /// <summary>The visitors' password; null for a public service.</summary>
    public string? Password { get; init; }

    /// <summary>Whether the engine keeps it on the disk: it can be restored at the same address.</summary>
    public bool Saved { get; init; }

    /// <summary>The vault of the operator's that keeps it instead (<see cref="VaultRequest"/>); null when none does.</summary>
    public string? Vault { get; init; }
    public bool RequireClientKey { get; init; }
    public IReadOnlyList<string> Clients { get; init; } = [];

    /// <summary>Whether its transfers are kept on the disk when they have ended.</summary>
    public bool KeepsHistory { get; init; }

    /// <summary>The port on 127.0.0.1 the service's web server listens on; null while it does not.</summary>
    public int? Port { get; init; }

    /// <summary>Whether it is reachable on this computer only.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Whether it lives on when the session that started it ends.</summary>
    public bool Detached { get; init; }

    /// <summary>The process id of the session that owns it; null when detached.</summary>
    public int? OwnerProcessId { get; init; }

    /// <summary>The session that started it, detached or not; null when none did.</summary>
    public OwnerProcess? StartedBy { get; init; }
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>How many files it offers, counted at its start; null where they are not counted.</summary>
    public int? Files { get; init; }

    /// <summary>Their size in bytes.</summary>
    public long? Bytes { get; init; }

    /// <summary>The complete downloads after which it stops by itself; null for no limit.</summary>
    public int? MostDownloads { get; init; }

    /// <summary>When it was asked for.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is to start, for a scheduled service.</summary>
    public DateTimeOffset? StartsAt { get; init; }

    /// <summary>When it was first reachable.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? StopsAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
    public StopReason? StopReason { get; init; }

    /// <summary>Page views and downloads that passed the password gate.</summary>
    public long Visits { get; init; }
    public int ActiveTransfers { get; init; }
    public long CompletedTransfers { get; init; }
    public int? Members { get; init; }

    /// <summary>What the service wants its operator to know, such as links it refuses to share.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
    public Problem? Error { get; init; }
}

public enum ServiceMode
{
    Share,
    Receive,
    Website,
    Chat,
}

public static class ServiceModeNames
{
    /// <summary>The first name of a mode's own, such as <c>share-1</c>, that is not taken.</summary>
    public static string FirstFreeName(this ServiceMode mode, Predicate<string> isTaken)
    {
        var word = mode.ToString().ToLowerInvariant();
        return Enumerable.Range(1, int.MaxValue).Select(number => $"{word}-{number}").First(name => !isTaken(name));
    }
}

/// <summary>Where a service is in its life: Scheduled → Connecting → Publishing → Running → Draining → Stopped or Failed.</summary>
public enum ServiceState
{
    Scheduled,

    /// <summary>Waits for tor to connect to the Tor network.</summary>
    Connecting,

    /// <summary>Waits until the onion service's descriptor has been uploaded.</summary>
    Publishing,
    Running,

    /// <summary>tor is away; the service comes back at the same address when tor does.</summary>
    Disconnected,

    /// <summary>Accepts no new transfers; those under way are finishing.</summary>
    Draining,

    /// <summary>Over, by request, by its owner's end, or because its work was done.</summary>
    Stopped,

    /// <summary>Over because of an error; see <see cref="ServiceStatus.Error"/>.</summary>
    Failed,
}

public static class ServiceStates
{
    public static bool IsEnded(this ServiceState state) => state is ServiceState.Stopped or ServiceState.Failed;
}

public enum StopReason
{
    Requested,
    Downloaded,
    TimeReached,

    /// <summary>The session that started it ended.</summary>
    OwnerEnded,

    /// <summary>Too many different wrong passwords were tried.</summary>
    PasswordGuessing,

    EngineStopped,

    Failed,
}

using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>The body of <c>POST /v1/services</c>. The property <c>mode</c> names the kind: share, receive, website or chat.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "mode", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ShareRequest), "share")]
[JsonDerivedType(typeof(ReceiveRequest), "receive")]
[JsonDerivedType(typeof(WebsiteRequest), "website")]
[JsonDerivedType(typeof(ChatRequest), "chat")]
public abstract record ServiceRequest
{
    [JsonIgnore]
    public abstract ServiceMode Mode { get; }

    /// <summary>A name for the service; without one the engine makes one up.</summary>
    public string? Name { get; init; }
    public string? Title { get; init; }

    /// <summary>The language of its pages, as a tag (<see cref="PageLanguage"/>); without one that of each visitor's browser.</summary>
    public string? Language { get; init; }
    public bool Public { get; init; }

    /// <summary>The visitors' password; without one the engine draws one.</summary>
    public string? Password { get; init; }

    /// <summary>No tor: the service answers on 127.0.0.1 only.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Different wrong passwords after which the service stops; 0 = never, only delay.</summary>
    // set, not init: generated JSON code writes every init property, also one that is not in the text, and 0 would be no limit.
    public int GuessLimit { get; set; } = 20;

    /// <summary>When the service is to start; at once without it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? StopAt { get; init; }

    /// <summary>How long the service is to run, counted from the moment it is first reachable.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>The session that owns the service; without one it is detached and runs until it is stopped.</summary>
    public OwnerProcess? Owner { get; init; }

    /// <summary>The session that asks, where it is not the owner: what became of the service is remembered as long as it lives.</summary>
    public OwnerProcess? StartedBy { get; init; }

    /// <summary>Only visitors with a client key reach the service (rend-spec-v3, [CLIENT-AUTH]); until one is granted nobody does.</summary>
    public bool RequireClientKey { get; init; }

    /// <summary>Keep on the disk which transfers there were, until the history is cleared.</summary>
    public bool KeepHistory { get; init; }

    /// <summary>Keep its settings, password and key, so that it can be restored at the same address.</summary>
    public bool Save { get; init; }
}

/// <summary>A request for a service of files and folders.</summary>
public abstract record PathsRequest : ServiceRequest
{
    /// <summary>Tells paths apart as the file system does.</summary>
    public static StringComparer PathComparer { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    /// <summary>Absolute paths. One folder is the root of a website; several files and folders are its top level.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>
    /// Those of <see cref="Paths"/> that came from a listing (a wildcard, a pipeline) and were not named one by one. They are treated as what lies in a
    /// shared folder: a link among them that leads out of what is shared, and what can't be read, is left out with a warning; and of a folder that was
    /// listed beside what is in it only that is shared. Null where it is not known, as of a shell's arguments: then folders count as listed, links as named.
    /// </summary>
    public IReadOnlyList<string>? Listed { get; init; }
}

public sealed record ShareRequest : PathsRequest
{
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Share;

    /// <summary>Go on after a complete download, and let visitors browse folders and fetch single files.</summary>
    public bool KeepSharing { get; init; }

    /// <summary>Offer a compressed zip: smaller, but of unknown length and not resumable.</summary>
    public bool Compress { get; init; }

    /// <summary>
    /// Stop after this many complete downloads of the whole; those under way by then finish. Null: one, or no limit with <see cref="KeepSharing"/>.
    /// </summary>
    public int? MaxDownloads { get; init; }
}

public sealed record ReceiveRequest : ServiceRequest
{
    /// <summary>Free space to leave on the disk when nothing else is said: 1 GiB, in bytes.</summary>
    public const long DefaultMinFreeSpace = 1L << 30;

    /// <summary>Files a submission may have when nothing else is said.</summary>
    public const int DefaultMaxFiles = 1000;

    /// <summary>What a file counts at least, in bytes: its block, and what the file system keeps of it.</summary>
    public const int LeastOfFile = 4096;

    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Receive;

    /// <summary>The absolute path of the folder that takes the submissions; made if it is not there.</summary>
    public required string Path { get; init; }

    public bool NoFiles { get; init; }
    public bool NoText { get; init; }

    /// <summary>The largest file taken, in bytes; null for no limit.</summary>
    public long? MaxFileSize { get; init; }

    /// <summary>The largest submission taken, all its files and its message, in bytes; null for no limit.</summary>
    public long? MaxSubmissionSize { get; init; }

    public int MaxFiles { get; set; } = DefaultMaxFiles; // set: as GuessLimit

    /// <summary>How much the service takes in all, in bytes; null for no limit. A file counts as 4 KiB at least.</summary>
    public long? MaxTotalSize { get; init; }

    /// <summary>Space that must stay free on the disk, in bytes.</summary>
    public long MinFreeSpace { get; set; } = DefaultMinFreeSpace; // set: as GuessLimit

    /// <summary>Submissions taken at the same time; null for no limit.</summary>
    public int? MaxConcurrent { get; init; }

    /// <summary>Delete what a broken upload left, rather than keep it as <c>.part</c>.</summary>
    public bool DiscardPartial { get; init; }

    /// <summary>
    /// Absolute paths of files with OpenPGP public keys, to which everything is encrypted as it arrives; null to save it as it is. A key that can't be
    /// used stops the start.
    /// </summary>
    public IReadOnlyList<string>? EncryptTo { get; init; }

    /// <summary>
    /// The fingerprints of the keys that these files must hold, no others; null for whichever they hold. Those of the start are kept when the service is saved.
    /// </summary>
    public IReadOnlyList<string>? EncryptToKeys { get; init; }

    /// <summary>Tell senders the SHA-256 of what arrived, and keep it beside the files.</summary>
    public bool Receipt { get; init; }

    /// <summary>An http or https address that is told, through tor, of each submission.</summary>
    public string? WebhookUrl { get; init; }
}

public sealed record WebsiteRequest : PathsRequest
{
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Website;

    /// <summary>The Content-Security-Policy of the site's pages; null for the strict default.</summary>
    public string? ContentSecurityPolicy { get; init; }
    public bool NoContentSecurityPolicy { get; init; }

    /// <summary>
    /// Be a backend of this Onionbalance front address (<c>56 characters.onion</c>): visitors of the front reach this site, too. Needs a tor the engine
    /// runs, and the password that all its backends have, or none (<see cref="ServiceRequest.Public"/>). Not with client keys.
    /// </summary>
    public string? OnionBalance { get; init; }

    /// <summary>Tell of each page and file that is read as a transfer, however small it is.</summary>
    public bool IncludeVisits { get; init; }

    /// <summary>Serve files whose names start with a dot, too.</summary>
    public bool IncludeHidden { get; init; }
}

public sealed record ChatRequest : ServiceRequest
{
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Chat;
}

using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

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

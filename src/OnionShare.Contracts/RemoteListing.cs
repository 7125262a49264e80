namespace OnionShare.Contracts;

public enum RemoteKind
{
    Share,
    Website,
    Receive,
    Chat,
}

/// <summary>What a service tells of itself. Its texts are somebody else's: show them through <see cref="RemoteText"/>.</summary>
public sealed record RemoteListing
{
    public required RemoteKind Kind { get; init; }

    /// <summary>Whether it is one of this program's, which can be asked for more than pages.</summary>
    public bool IsOurs { get; init; }
    public string? Title { get; init; }

    /// <summary>The name of the whole of a share, as it is saved.</summary>
    public string? Name { get; init; }

    /// <summary>The length of the whole in bytes; null when it is not known.</summary>
    public long? Length { get; init; }

    /// <summary>The SHA-256 of the whole, once it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Its files; of a share of OnionShare's own only what its page shows.</summary>
    public IReadOnlyList<RemoteFile> Files { get; init; } = [];
    public bool IsCut { get; init; }
    public bool TakesFiles { get; init; }
    public bool TakesText { get; init; }

    /// <summary>Of a receive service: the largest file, in bytes; null for no limit, or one that is not told.</summary>
    public long? MaxFileSize { get; init; }

    /// <summary>Of a receive service: the largest submission, in bytes; null for no limit, or one that is not told.</summary>
    public long? MaxSubmissionSize { get; init; }
}

public sealed record RemoteFile
{
    /// <summary>Its path below the root, <c>/</c> between the names, as the service has it.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes; null when it is not known.</summary>
    public long? Length { get; init; }
    public DateTimeOffset? Modified { get; init; }
    public string? Type { get; init; }

    /// <summary>Its SHA-256, 64 hexadecimal digits, once it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether it can be fetched without the rest.</summary>
    public bool IsSingle { get; init; }
}

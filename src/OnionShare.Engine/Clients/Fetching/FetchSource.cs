namespace OnionShare.Engine.Clients.Fetching;

/// <summary>Where the bytes of one file come from.</summary>
internal sealed record FetchSource
{
    public required string Url { get; init; }

    /// <summary>The path of the file below the folder it goes into, as the service has it.</summary>
    public required string Name { get; init; }

    /// <summary>Its length; null when it is not known beforehand.</summary>
    public long? Length { get; init; }

    /// <summary>Where it begins in what the URL leads to.</summary>
    public long Offset { get; init; }

    /// <summary>The strong entity tag of what the URL leads to; null for none.</summary>
    public string? ETag { get; init; }

    /// <summary>When what the URL leads to last changed, as the service wrote it; stands in for a missing entity tag.</summary>
    public string? LastModified { get; init; }

    /// <summary>Whether ranges of it can be asked for at all, and so it can go on.</summary>
    public bool HasRanges { get; init; }

    /// <summary>Whether several may be asked for at once.</summary>
    public bool IsParallel { get; init; }

    /// <summary>Its SHA-256, where the service has told it.</summary>
    public byte[]? Sha256 { get; init; }

    /// <summary>Where to tell that it has arrived; null when nobody wants to know.</summary>
    public string? Receipt { get; init; }

    /// <summary>Whether it is a zip of all that is offered.</summary>
    public bool IsArchive { get; init; }

    /// <summary>What to say in If-Range (RFC 9110 §13.1.5).</summary>
    public string? Validator => ETag is { } tag && !tag.StartsWith("W/", StringComparison.Ordinal) ? tag : LastModified;
}

using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>What happens while something is fetched or sent, one server-sent event each. The last is <see cref="ClientDone"/> or <see cref="ClientFailed"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ClientProgress), "progress")]
[JsonDerivedType(typeof(ClientNote), "note")]
[JsonDerivedType(typeof(FileFetched), "fetched")]
[JsonDerivedType(typeof(FileSent), "sent")]
[JsonDerivedType(typeof(ClientDone), "done")]
[JsonDerivedType(typeof(ClientFailed), "failed")]
public abstract record ClientEvent;

public sealed record ClientProgress : ClientEvent
{
    /// <summary>What is being done, for a person.</summary>
    public required string Activity { get; init; }

    /// <summary>Bytes that are there, those of an earlier attempt included.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes in all; null when it is not known.</summary>
    public long? TotalBytes { get; init; }
    public double BytesPerSecond { get; init; }

    /// <summary>Circuits that carry something now.</summary>
    public int Connections { get; init; }
}

public sealed record ClientNote(string Message) : ClientEvent;

/// <summary>By what a file is known to be what was offered.</summary>
public enum FileProof
{
    /// <summary>By its length and the server's entity tag alone: nobody has told a hash.</summary>
    Length,

    /// <summary>By the checksum in the archive it came in.</summary>
    Crc32,
    Sha256,
}

/// <summary>A file has arrived whole and has its name.</summary>
public sealed record FileFetched : ClientEvent
{
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Its SHA-256, 64 hexadecimal digits, as it was written.</summary>
    public string? Sha256 { get; init; }
    public FileProof Proof { get; init; }
}

/// <summary>A file or the message has been taken.</summary>
public sealed record FileSent : ClientEvent
{
    /// <summary>The name it was sent under.</summary>
    public required string Name { get; init; }

    /// <summary>Its local path; null for the message.</summary>
    public string? Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Whether the service compared a SHA-256 of every piece.</summary>
    public bool IsVerified { get; init; }

    /// <summary>The service's receipt: the SHA-256 of what arrived, 64 hexadecimal digits, which is that of what was sent; null when it gives none.</summary>
    public string? Sha256 { get; init; }
}

public sealed record ClientDone : ClientEvent;

public sealed record ClientFailed(Problem Problem) : ClientEvent;

using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>Which way a transfer's bytes go, seen from this computer.</summary>
public enum TransferDirection
{
    Download,

    Upload,
}

public enum TransferState
{
    Active,

    /// <summary>All that was asked for was handed over.</summary>
    Completed,

    /// <summary>The visitor hung up, or the service was stopped.</summary>
    Cancelled,

    /// <summary>It could not be done; see <see cref="Transfer.Error"/>.</summary>
    Failed,
}

public sealed record Transfer
{
    /// <summary>Its number, counted from 1 within its service.</summary>
    public required long Id { get; init; }
    public required string ServiceId { get; init; }
    public required string ServiceName { get; init; }
    public required TransferDirection Direction { get; init; }
    public required TransferState State { get; init; }

    /// <summary>What is transferred, fit to be shown anywhere: control, bidi and escape characters are visible, the length is cut.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes handed over so far.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes this transfer will have when complete; null when it is not known.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Where in the whole this transfer starts; more than 0 for a resumed download.</summary>
    public long Offset { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>The SHA-256 of the whole that is transferred, 64 hexadecimal digits; null while it is not known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Whether the other side told that it has read the whole to its end, and that it is what it should be.</summary>
    public bool IsVerified { get; init; }

    public string? Error { get; init; }

    [JsonIgnore]
    public bool IsEnded => State != TransferState.Active;
}

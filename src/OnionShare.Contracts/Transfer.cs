using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>Which way a transfer's bytes go, seen from this computer.</summary>
public enum TransferDirection
{
    /// <summary>To a visitor.</summary>
    Download,

    /// <summary>From a visitor.</summary>
    Upload,
}

/// <summary>How a transfer stands.</summary>
public enum TransferState
{
    /// <summary>Bytes are on their way.</summary>
    Active,

    /// <summary>All that was asked for was handed over.</summary>
    Completed,

    /// <summary>The visitor hung up, or the service was stopped.</summary>
    Cancelled,

    /// <summary>It could not be done; see <see cref="Transfer.Error"/>.</summary>
    Failed,
}

/// <summary>One download or one upload.</summary>
public sealed record Transfer
{
    /// <summary>Its number, counted from 1 within its service.</summary>
    public required long Id { get; init; }

    /// <summary>The service's id.</summary>
    public required string ServiceId { get; init; }

    /// <summary>The service's name.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Which way.</summary>
    public required TransferDirection Direction { get; init; }

    /// <summary>How it stands.</summary>
    public required TransferState State { get; init; }

    /// <summary>What is transferred, fit to be shown anywhere: control, bidi and escape characters are visible, the length is cut.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes handed over so far.</summary>
    public long Bytes { get; init; }

    /// <summary>Bytes this transfer will have when complete; null when it is not known.</summary>
    public long? TotalBytes { get; init; }

    /// <summary>Where in the whole this transfer starts; more than 0 for a resumed download.</summary>
    public long Offset { get; init; }

    /// <summary>When it began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>When it ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Local paths of what was received.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Why it failed, for a person to read.</summary>
    public string? Error { get; init; }

    /// <summary>Whether it is over.</summary>
    [JsonIgnore]
    public bool IsEnded => State != TransferState.Active;
}

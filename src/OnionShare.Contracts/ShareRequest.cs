using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

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

    /// <summary>
    /// Stop after this many complete downloads of the whole; those under way by then finish. Null: one, or no limit with <see cref="KeepSharing"/>.
    /// </summary>
    public int? MaxDownloads { get; init; }
}

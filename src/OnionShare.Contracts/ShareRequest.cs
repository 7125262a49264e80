using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

public sealed record ShareRequest : ServiceRequest
{
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Share;

    /// <summary>Absolute paths of the files and folders.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>
    /// Those of <see cref="Paths"/> that came from a listing (a wildcard, a pipeline) and were not named one by one. They are treated as what lies in a
    /// shared folder: a link among them that leads out of what is shared, and what can't be read, is left out with a warning. Null for none.
    /// </summary>
    public IReadOnlyList<string>? Listed { get; init; }

    /// <summary>Go on after a complete download, and let visitors browse folders and fetch single files.</summary>
    public bool KeepSharing { get; init; }

    /// <summary>Offer a compressed zip: smaller, but of unknown length and not resumable.</summary>
    public bool Compress { get; init; }

    /// <summary>
    /// Stop after this many complete downloads of the whole; those under way by then finish. Null: one, or no limit with <see cref="KeepSharing"/>.
    /// </summary>
    public int? MaxDownloads { get; init; }
}

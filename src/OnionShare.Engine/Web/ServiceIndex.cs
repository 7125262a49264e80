using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnionShare.Engine.Web;

/// <summary>
/// What a service tells programs about itself at <see cref="Route"/>, behind the password gate: JSON, camel case. Readers take a
/// <see cref="Schema"/> of 1 and pass over properties they don't know.
/// </summary>
public sealed record ServiceIndex
{
    public const string Route = "/files.json";

    /// <summary>The version of its form that this program writes and reads.</summary>
    public const int CurrentSchema = 1;

    public int Schema { get; init; }

    /// <summary><c>share</c>, <c>website</c>, <c>receive</c> or <c>chat</c>.</summary>
    public string Mode { get; init; } = "";

    public string? Title { get; init; }

    /// <summary>The name of the one folder that is shared; null for several items, or one file.</summary>
    public string? Folder { get; init; }

    public IndexedDownload? Download { get; init; }

    public IndexedInbox? Inbox { get; init; }

    public IndexedRoom? Room { get; init; }

    public IReadOnlyList<IndexedFile>? Files { get; init; }

    /// <summary>Whether there are more files than are listed.</summary>
    public bool IsCut { get; init; }
}

public sealed record IndexedDownload
{
    /// <summary>Its address, from the root.</summary>
    public required string Url { get; init; }

    /// <summary>The name to save it under.</summary>
    public required string Name { get; init; }

    public required string Type { get; init; }

    /// <summary>Its length in bytes; null when it is compressed on the way, and then it has no ranges either.</summary>
    public long? Length { get; init; }

    /// <summary>Its strong entity tag, with the quotes.</summary>
    [JsonPropertyName("etag")]
    public string? ETag { get; init; }

    /// <summary>Its SHA-256, 64 hexadecimal digits, once it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Where to tell that it arrived whole (<see cref="DownloadReceipt"/>); null when nobody wants to know.</summary>
    public string? Receipt { get; init; }
}

public sealed record IndexedFile
{
    /// <summary>Its path below the root, <c>/</c> between the names; not decoded once more.</summary>
    public required string Path { get; init; }

    /// <summary>Its length in bytes.</summary>
    public required long Length { get; init; }

    public DateTimeOffset? Modified { get; init; }

    public string? Type { get; init; }

    /// <summary>Its SHA-256, 64 hexadecimal digits, once it is known.</summary>
    public string? Sha256 { get; init; }

    /// <summary>Its own address, from the root; null when it comes only with the whole.</summary>
    public string? Url { get; init; }

    /// <summary>Where its bytes begin in the whole; null when they are not there as they are.</summary>
    public long? Offset { get; init; }
}

/// <param name="Files">Whether it takes files.</param>
/// <param name="Text">Whether it takes messages.</param>
/// <param name="MaxFileSize">The largest file, in bytes; null for no limit.</param>
/// <param name="MaxSubmissionSize">The largest submission, in bytes; null for no limit.</param>
/// <param name="Resumable">How to send piece by piece: <c>tus-1.0.0</c>; null when it can't be done.</param>
/// <param name="MaxFiles">The most files in a submission; null where it is not told.</param>
/// <param name="MaxText">The most characters of a message, a line break as one; null where it is not told.</param>
public sealed record IndexedInbox(
    bool Files, bool Text, long? MaxFileSize, long? MaxSubmissionSize, string? Resumable, int? MaxFiles = null, int? MaxText = null);

/// <param name="Protocol">The version of the messages: 1.</param>
/// <param name="Socket">Its WebSocket, from the root.</param>
public sealed record IndexedRoom(int Protocol, string Socket);

/// <summary>The JSON of a <see cref="ServiceIndex"/>.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ServiceIndex))]
[JsonSerializable(typeof(IndexedFile))]
internal sealed partial class IndexJson : JsonSerializerContext;

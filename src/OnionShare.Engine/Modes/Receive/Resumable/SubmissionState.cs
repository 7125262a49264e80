using System.Text.Json.Serialization;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>What is kept on disk of a submission that comes in piece by piece, so that it can go on after a restart.</summary>
internal sealed record SubmissionState
{
    /// <summary>Its secret name: 32 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>Its folder, relative to the inbox; null while nothing has arrived.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether it is one file, of a client that knows nothing of submissions, and so is complete with it.</summary>
    public bool IsSingle { get; init; }

    /// <summary>Whether it is finished.</summary>
    public bool IsComplete { get; init; }

    /// <summary>When it is given up if nothing more comes.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Its uploads; an upload's number is its place here, from 0.</summary>
    public required IReadOnlyList<UploadState> Uploads { get; init; }
}

/// <summary>One upload of a <see cref="SubmissionState"/>.</summary>
internal sealed record UploadState
{
    /// <summary>The name the visitor gave it.</summary>
    public required string Name { get; init; }

    /// <summary>The length it will have, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Whether it is the message.</summary>
    public bool IsMessage { get; init; }

    /// <summary>The name of its partial file; null while nothing has arrived.</summary>
    public string? Partial { get; init; }

    /// <summary>The name of the whole file.</summary>
    public string? Final { get; init; }

    /// <summary>Whether it is whole.</summary>
    public bool IsDone { get; init; }

    /// <summary>Whether it was taken back.</summary>
    public bool IsGone { get; init; }

    /// <summary>Up to where the partial file is good, while a piece with a checksum comes in behind; null = all of it.</summary>
    public long? Good { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SubmissionState))]
internal sealed partial class StateJson : JsonSerializerContext;

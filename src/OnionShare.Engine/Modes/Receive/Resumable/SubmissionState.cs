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
    public bool IsComplete { get; init; }

    /// <summary>When it is given up if nothing more comes.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>Its uploads; an upload's number is its place here, from 0.</summary>
    public required IReadOnlyList<UploadState> Uploads { get; init; }
}

internal sealed record UploadState
{
    public required string Name { get; init; }

    /// <summary>The length it will have, in bytes.</summary>
    public required long Length { get; init; }
    public bool IsMessage { get; init; }

    /// <summary>The name of its partial file; null while nothing has arrived.</summary>
    public string? Partial { get; init; }
    public string? Final { get; init; }
    public bool IsDone { get; init; }
    public bool IsGone { get; init; }

    /// <summary>Up to where the partial file is good, while a piece with a checksum comes in behind; null = all of it.</summary>
    public long? Good { get; init; }
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(SubmissionState))]
internal sealed partial class StateJson : JsonSerializerContext;

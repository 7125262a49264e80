using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>Something to send: a file, a folder as a zip of it, or the message.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Name">The name it is sent under.</param>
/// <param name="Path">Its local path; null for the message.</param>
internal sealed record Parcel(IContent Content, string Name, string? Path);

/// <summary>Bytes in memory as content: a message in UTF-8, or a piece of a file.</summary>
internal sealed class BytesContent(ReadOnlyMemory<byte> bytes) : IContent
{
    public string FileName => "message";

    public string ContentType => "text/plain; charset=utf-8";

    public long Length => bytes.Length;

    public string EntityTag => "\"message\"";

    public DateTimeOffset LastModified => default;

    public IContentReader Open() => new BytesReader(bytes);
}

using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

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

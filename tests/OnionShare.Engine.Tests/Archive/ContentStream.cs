using OnionShare.Engine.Files;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>A content as a seekable stream, for readers of archives; nothing of it is held.</summary>
internal sealed class ContentStream(IContent content) : Stream
{
    private readonly IContentReader _reader = content.Open();

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => content.Length;

    public override long Position { get; set; }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var reading = _reader.ReadAsync(Position, buffer.AsMemory(offset, count), CancellationToken.None);
        var read = reading.IsCompleted ? reading.Result : reading.AsTask().GetAwaiter().GetResult();
        Position += read;
        return read;
    }

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => Position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        base.Dispose(disposing);
    }
}

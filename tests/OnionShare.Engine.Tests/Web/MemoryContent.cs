using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>A content in memory, or a made-up one of any length; it may change at a byte.</summary>
internal sealed class MemoryContent(long length) : IContent
{
    public MemoryContent() : this(1000)
    {
    }

    public string FileName { get; init; } = "report.txt";

    public string ContentType => "text/plain";

    public long Length { get; } = length;

    public string EntityTag => "\"v1\"";

    public DateTimeOffset LastModified { get; init; } = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    /// <summary>Reading this byte fails: the file has changed.</summary>
    public long ChangesAt { get; init; } = long.MaxValue;

    /// <summary>The content ends here, early.</summary>
    public long EndsAt { get; init; } = long.MaxValue;

    public int Opened { get; private set; }

    public int Closed { get; private set; }

    public static byte ByteAt(long offset) => (byte)(offset * 31 + (offset >> 8));

    public byte[] Slice(long start, int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++) bytes[i] = ByteAt(start + i);
        return bytes;
    }

    public IContentReader Open()
    {
        Opened++;
        return new Reader(this);
    }

    private sealed class Reader(MemoryContent content) : IContentReader
    {
        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (offset + buffer.Length > content.ChangesAt) throw new ContentChangedException("report.txt changed.");
            var count = (int)Math.Clamp(Math.Min(content.Length, content.EndsAt) - offset, 0, buffer.Length);
            var span = buffer.Span;
            for (var i = 0; i < count; i++) span[i] = ByteAt(offset + i);
            return new ValueTask<int>(count);
        }

        public ValueTask DisposeAsync()
        {
            content.Closed++;
            return ValueTask.CompletedTask;
        }
    }
}

using System.Text;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>A message as content: UTF-8 in memory.</summary>
internal sealed class MessageContent(string message) : IContent, IContentReader
{
    private readonly byte[] _bytes = Encoding.UTF8.GetBytes(message);

    public string FileName => "message";

    public string ContentType => "text/plain; charset=utf-8";

    public long Length => _bytes.Length;

    public string EntityTag => "\"message\"";

    public DateTimeOffset LastModified => default;

    public IContentReader Open() => this;

    public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = (int)Math.Min(buffer.Length, _bytes.Length - offset);
        _bytes.AsMemory((int)offset, count).CopyTo(buffer);
        return new(count);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

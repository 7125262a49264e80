using System.Net;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>Content as the body of a request, handed over in steps, each of which is told: a slow circuit is seen to be alive.</summary>
internal sealed class ReadContent(IContent content, Action<long> moved) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await using var reader = content.Open();
        var buffer = new byte[128 * 1024];
        for (long offset = 0; offset < content.Length;)
        {
            var count = await reader.ReadAsync(offset, buffer, cancellationToken);
            if (count == 0) throw new ContentChangedException("A file became shorter while it was sent.");
            await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            offset += count;
            moved(count);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = content.Length;
        return true;
    }
}

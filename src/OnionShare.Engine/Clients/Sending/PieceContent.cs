using System.Net;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>A piece as the body of a request, handed over in small steps so that a slow circuit is seen to be alive.</summary>
internal sealed class PieceContent(ReadOnlyMemory<byte> piece, Action moved) : HttpContent
{
    private const int Step = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        for (var at = 0; at < piece.Length; at += Step)
        {
            await stream.WriteAsync(piece.Slice(at, Math.Min(Step, piece.Length - at)), cancellationToken);
            moved();
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = piece.Length;
        return true;
    }
}

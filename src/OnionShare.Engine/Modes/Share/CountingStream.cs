using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Modes.Share;

/// <summary>Passes what is written on and tells how much it was.</summary>
internal sealed class CountingStream(Stream inner, Action<long> progress) : OneWayStream
{
    private long _written;

    public override bool CanWrite => true;

    public override long Position { get => _written; set => throw new NotSupportedException(); }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await inner.WriteAsync(buffer, cancellationToken);
        _written += buffer.Length;
        progress(_written);
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException("Write asynchronously.");
}

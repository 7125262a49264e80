using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>Reads a file from its start while it arrives: waits where nothing is yet, ends where the file does.</summary>
internal sealed class FollowingStream(PartFile part) : OneWayStream
{
    private long _position;

    public override bool CanRead => true;

    public override long Position { get => _position; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await part.FollowAsync(_position, buffer, cancellationToken);
        _position += count;
        return count;
    }
}

using System.Buffers.Binary;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>Reads an archive from its start to its end, with room to look at what comes next.</summary>
internal sealed class ZipSource(Stream stream)
{
    private readonly byte[] _buffer = new byte[256 * 1024];
    private int _start;
    private int _end;

    public long Consumed { get; private set; }

    public ReadOnlyMemory<byte> AtHand => _buffer.AsMemory(_start, _end - _start);

    /// <summary>Sees to it that something is at hand; false at the end.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_start < _end) return true;
        (_start, _end) = (0, await stream.ReadAsync(_buffer, cancellationToken));
        return _end > 0;
    }

    public void Skip(int count)
    {
        _start += count;
        Consumed += count;
    }

    /// <summary>The next bytes; they are good until the next call.</summary>
    /// <exception cref="ProblemException">The archive ends before.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> TakeAsync(int count, CancellationToken cancellationToken)
    {
        if (_end - _start < count)
        {
            AtHand.CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            while (_end < count)
            {
                var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
                if (read == 0) throw ClientProblems.Damaged("The archive ends too early.");
                _end += read;
            }
        }

        var bytes = _buffer.AsMemory(_start, count);
        Skip(count);
        return bytes;
    }

    /// <summary>The next four bytes as a number, little-endian.</summary>
    public async ValueTask<uint> TakeNumberAsync(CancellationToken cancellationToken) =>
        BinaryPrimitives.ReadUInt32LittleEndian((await TakeAsync(4, cancellationToken)).Span);
}

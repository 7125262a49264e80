using OnionShare.Contracts;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>How much a service takes in: what was asked for, counted over all visitors while they send.</summary>
internal sealed class Intake(ReceiveRequest request, Func<long> freeSpace, TimeProvider time)
{
    // The disk is asked again after so many bytes, or so long: others write to it too.
    private const long AskAfterBytes = 4 << 20;
    private static readonly TimeSpan AskAfter = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private int _sending;
    private long _total;
    private long _free;
    private long _takenSince = long.MaxValue / 2;
    private long _asked;

    /// <summary>Bytes taken in all.</summary>
    public long Total
    {
        get { lock (_lock) return _total; }
    }

    /// <summary>Counts somebody who sends; dispose when done.</summary>
    /// <exception cref="UploadRefusedException">As many as may send do.</exception>
    public IDisposable Enter()
    {
        lock (_lock)
        {
            if (_sending >= (request.MaxConcurrent ?? int.MaxValue)) throw UploadRefusedException.Busy();
            _sending++;
        }

        return new Sender(this);
    }

    /// <summary>Refuses early what will not fit.</summary>
    /// <exception cref="UploadRefusedException">It will not fit.</exception>
    public void Expect(long bytes)
    {
        lock (_lock)
        {
            if (bytes > (request.MaxTotalSize ?? long.MaxValue) - _total) throw UploadRefusedException.NoRoom();
            Ask();
            if (bytes > _free - request.MinFreeSpace) throw UploadRefusedException.NoRoom();
        }
    }

    /// <summary>Counts bytes that are about to be written.</summary>
    /// <exception cref="UploadRefusedException">There is no room for them.</exception>
    public void Take(int bytes)
    {
        lock (_lock)
        {
            if (bytes > (request.MaxTotalSize ?? long.MaxValue) - _total) throw UploadRefusedException.NoRoom();
            if (_takenSince > AskAfterBytes || time.GetElapsedTime(_asked) > AskAfter || !Fits(bytes)) Ask();
            if (!Fits(bytes)) throw UploadRefusedException.NoRoom();
            _takenSince += bytes;
            _total += bytes;
        }
    }

    /// <summary>Bytes counted before were thrown away.</summary>
    public void GiveBack(long bytes)
    {
        lock (_lock) _total -= bytes;
    }

    private bool Fits(int bytes) => bytes <= _free - _takenSince - request.MinFreeSpace;

    private void Ask()
    {
        _free = freeSpace();
        _takenSince = 0;
        _asked = time.GetTimestamp();
    }

    private sealed class Sender(Intake intake) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            lock (intake._lock)
            {
                if (!_left) intake._sending--;
                _left = true;
            }
        }
    }
}

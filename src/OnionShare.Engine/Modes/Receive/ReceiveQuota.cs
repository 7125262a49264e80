namespace OnionShare.Engine.Modes.Receive;

/// <summary>How much a service takes in: what was asked for, counted over all visitors while they send.</summary>
internal sealed class ReceiveQuota(ReceiveRequest request, Func<long> freeSpace, TimeProvider time, Action<string> tellOwner)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);

    // The disk is asked again after so many bytes, or so long: others write to it too.
    private const long AskAfterBytes = 4 << 20;
    private static readonly TimeSpan AskAfter = TimeSpan.FromMilliseconds(500);

    private readonly Lock _lock = new();
    private volatile ReceiveRequest _settings = request;
    private int _sending;
    private long _total;
    private long _free;
    private long _takenSince = long.MaxValue / 2;
    private long _asked;
    private long? _told;
    private int _untold;

    /// <summary>What was asked for, as it is now.</summary>
    public ReceiveRequest Settings
    {
        get => _settings;
        set => _settings = value;
    }

    /// <summary>Tells the owner, before anybody sends, if there is no room for anything.</summary>
    public void CheckAtStart()
    {
        lock (_lock)
        {
            try
            {
                Ask();
                if (!Fits(ReceiveRequest.LeastOfFile)) tellOwner($"Everything that is sent will be refused: {FullDisk()}");
            }
            catch (StorageException failure)
            {
                tellOwner($"How much room the disk of '{RemoteText.Show(_settings.Path)}' has can't be told: {RemoteText.Show(failure.Message)} While that is so, everything that is sent will be refused.");
            }
        }
    }

    /// <summary>Counts somebody who sends; dispose when done.</summary>
    /// <exception cref="UploadRefusedException">As many as may send do.</exception>
    public IDisposable Enter()
    {
        lock (_lock)
        {
            if (_sending >= (_settings.MaxConcurrent ?? int.MaxValue)) throw UploadRefusedException.Busy();
            _sending++;
        }

        return new Sender(this);
    }

    /// <summary>Refuses early what will not fit.</summary>
    /// <exception cref="UploadRefusedException">It will not fit.</exception>
    /// <exception cref="StorageException">The disk does not tell.</exception>
    public void Expect(long bytes)
    {
        lock (_lock)
        {
            CheckTotal(bytes);
            Ask();
            if (!Fits(bytes)) throw NoRoom(FullDisk());
        }
    }

    /// <summary>Counts bytes that are about to be written.</summary>
    /// <exception cref="UploadRefusedException">There is no room for them.</exception>
    /// <exception cref="StorageException">The disk does not tell.</exception>
    public void Take(long bytes)
    {
        lock (_lock)
        {
            CheckTotal(bytes);
            if (_takenSince > AskAfterBytes || time.GetElapsedTime(_asked) > AskAfter || !Fits(bytes)) Ask();
            if (!Fits(bytes)) throw NoRoom(FullDisk());
            _takenSince += bytes;
            _total += bytes;
        }
    }

    /// <summary>Bytes counted before were thrown away.</summary>
    public void GiveBack(long bytes)
    {
        lock (_lock) _total -= bytes;
    }

    private void CheckTotal(long bytes)
    {
        if (_settings.MaxTotalSize is not { } most || bytes <= most - _total) return;
        throw NoRoom($"{ByteSize.Show(_total)} of the {ByteSize.Show(most)} it takes in all are used. Allow more: Set-OnionService -MaxTotalSize.");
    }

    // The owner hears of each refusal, but not of a thousand a second.
    private UploadRefusedException NoRoom(string why)
    {
        if (_told is { } told && time.GetElapsedTime(told) < TellEvery)
        {
            _untold++;
            return UploadRefusedException.NoRoom();
        }

        tellOwner(_untold == 0 ? $"A submission was refused: {why}" : $"A submission was refused, and {_untold:N0} before it: {why}");
        (_told, _untold) = (time.GetTimestamp(), 0);
        return UploadRefusedException.NoRoom();
    }

    private string FullDisk() =>
        $"the disk of '{RemoteText.Show(_settings.Path)}' has {ByteSize.Show(_free)} free, and {ByteSize.Show(_settings.MinFreeSpace)} are to stay free. Make room, or leave less free: Set-OnionService -MinFreeSpace.";

    private bool Fits(long bytes) => bytes <= _free - _takenSince - _settings.MinFreeSpace;

    private void Ask()
    {
        _free = freeSpace();
        _takenSince = 0;
        _asked = time.GetTimestamp();
    }

    private sealed class Sender(ReceiveQuota quota) : IDisposable
    {
        private bool _left;

        public void Dispose()
        {
            lock (quota._lock)
            {
                if (!_left) quota._sending--;
                _left = true;
            }
        }
    }
}

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>One file, or the message, of a submission that comes in piece by piece. How far it is, its partial file tells.</summary>
internal sealed class ResumableUpload(ResumableSubmission submission, int number, SubmittedFile file, string? metadata)
{
    private readonly SemaphoreSlim _writer = new(1);
    private readonly Lock _lock = new();
    private CancellationTokenSource? _writing;
    private IncomingFile? _incoming;
    private MessageText? _counter;
    private long? _good;
    private long? _told;
    private bool _isGone;

    public int Number { get; } = number;

    public SubmittedFile File { get; } = file;

    /// <summary>The length it will have, in bytes.</summary>
    public long Length => File.Length!.Value;

    /// <summary>What the client said of it, as it said it.</summary>
    public string? Metadata { get; } = metadata;

    /// <summary>How much of it is safe with the file system.</summary>
    public long Offset
    {
        get
        {
            lock (_lock)
            {
                if (File.IsWhole) return Length;
                return Math.Min(_good ?? long.MaxValue, _incoming?.Written ?? Math.Min(Length, submission.Content.LengthOf(File)));
            }
        }
    }

    /// <summary>What the log says of it.</summary>
    public LogLine Line => new()
    {
        Upload = new UploadLine(Number, Length, File.IsMessage, File.Final, File.Partial, Metadata, File.IsWhole, _isGone, File.Sha256),
    };

    /// <summary>As the log says it stands: its name is given before that is noted there.</summary>
    public void Restore(UploadLine line, long? good)
    {
        _good = good;
        File.Sha256 = line.Sha256;
        File.IsWhole = line.IsWhole || (submission.Content.Folder is { } folder
            && !System.IO.File.Exists(folder.PathOf(File.Partial)) && System.IO.File.Exists(folder.PathOf(File.Final)));
    }

    /// <summary>
    /// Tells a client where to go on. The next piece may begin there, even if a connection that hangs, and is cut for it, has brought more by then.
    /// </summary>
    public long TellOffset()
    {
        lock (_lock)
        {
            var offset = Offset;
            _told = _writing is null ? null : offset;
            return offset;
        }
    }

    /// <summary>Takes a piece; false if its checksum was wrong, and then nothing of it was kept.</summary>
    /// <exception cref="UploadRefusedException">It does not belong there, or there is no room.</exception>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public async Task<bool> WriteAsync(Piece piece, CancellationToken cancellationToken)
    {
        using var writing = await TakeOverAsync(cancellationToken);
        submission.Content.RenewFolder();
        GoTo(piece.Offset);
        if (piece.Length > Length - piece.Offset) throw TooMuch();
        if (File.IsWhole) return true;
        submission.Keep();
        if (piece.IsChecked && !submission.IsSealing) Mark(piece.Offset);
        var start = submission.IsSealing ? Offset : piece.Offset;
        if (submission.IsSealing && start == 0 && File.Taken > 0) submission.Content.GiveBack(File, File.Taken);
        var incoming = submission.Content.Open(File, start);
        if (start == 0 && submission.IsSealing && File.IsMessage) _counter = new MessageText();
        lock (_lock) _incoming = incoming;
        if (!piece.IsChecked && _good is not null) Mark(null);
        submission.Show();
        try
        {
            await ReadAsync(piece, incoming, start - piece.Offset, writing.Cut);
            if (!await IsRightAsync(piece, incoming)) return false;
            if (_good is not null) Mark(null);
            await EndAsync(incoming);
            return true;
        }
        finally
        {
            try
            {
                if (_good is not null) await CutBackAsync(incoming, piece.Offset);
            }
            finally
            {
                await incoming.DisposeAsync();
                lock (_lock) _incoming = null;
                if (File.IsWhole) submission.Log(this);
                submission.PutOffEnd();
            }
        }
    }

    /// <summary>
    /// All of it came, but the disk failed before it had its name: tries again, so that nobody who asks is told that all is there when it is not.
    /// </summary>
    /// <exception cref="StorageException">The disk still does not take it.</exception>
    public async Task EndLateAsync(CancellationToken cancellationToken)
    {
        if (File.IsWhole || submission.IsSealing || Offset < Length) return;
        // Whoever sent the last piece may be at it: that is waited for, not cut.
        await _writer.WaitAsync(cancellationToken);
        try
        {
            if (File.IsWhole || _isGone || Offset < Length) return;
            submission.Keep();
            await using var incoming = submission.Content.Open(File, Length);
            submission.Show();
            await EndAsync(incoming);
            submission.Log(this);
        }
        finally
        {
            submission.PutOffEnd();
            _writer.Release();
        }
    }

    /// <summary>Takes it back: nothing of it stays.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        using var writing = await TakeOverAsync(cancellationToken);
        _isGone = true;
        submission.Drop(this);
    }

    /// <summary>What came is handed over and stays; only its address ends.</summary>
    public void End() => _isGone = true;

    // Somebody who writes still is a connection that broke without anybody noticing: it is cut.
    private async Task<Writing> TakeOverAsync(CancellationToken cancellationToken)
    {
        lock (_lock) _writing?.Cancel();
        await _writer.WaitAsync(cancellationToken);
        var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock) _writing = cut;
        return new Writing(this, cut);
    }

    private void GoTo(long offset)
    {
        if (_isGone) throw new UploadRefusedException(StatusCodes.Status404NotFound, "The upload was taken back.", "Start it anew.");
        lock (_lock)
        {
            var there = Offset;
            if (offset != there && (File.IsWhole || offset != _told || offset > there))
                throw new UploadRefusedException(StatusCodes.Status409Conflict, $"The upload goes on at {there}.", "Ask with HEAD where it goes on.");
            if (offset < there && !submission.IsSealing) submission.Content.GiveBack(File, there - offset);
            _told = null;
        }
    }

    private async Task ReadAsync(Piece piece, IncomingFile incoming, long known, CancellationToken cut)
    {
        // What is encrypted can't be cut back: what of the piece has come before, over a connection that hung, is left out.
        while (known > 0)
        {
            var again = await piece.Body.ReadAsync(incoming.Free[..(int)Math.Min(incoming.Free.Length, known)], cut);
            if (again == 0) return;
            piece.Checksum?.Add(incoming.Free.Span[..again]);
            known -= again;
        }

        while (await piece.Body.ReadAsync(incoming.Free, cut) is > 0 and var count)
        {
            if (incoming.Length + count > Length) throw TooMuch();
            if (_counter is not null) await TakeCountedAsync(() => _counter.Add(incoming.Free.Span[..count]), incoming);
            submission.Content.Take(File, incoming.Length, count);
            piece.Checksum?.Add(incoming.Free.Span[..count]);
            await incoming.AdvanceAsync(count);
        }
    }

    private async Task<bool> IsRightAsync(Piece piece, IncomingFile incoming)
    {
        if (!piece.IsChecked) return true;
        if (piece.Checksum is { } checksum)
        {
            if (checksum.IsRight()) return true;
            if (submission.IsSealing) BeginAnew();
            return false;
        }

        // It came behind the piece, and only now is known how to reckon it.
        using var late = piece.LateChecksum();
        await incoming.WriteAllAsync();
        await ReadBackAsync(piece.Offset, bytes => late.Add(bytes.Span));
        return late.IsRight();
    }

    private async Task EndAsync(IncomingFile incoming)
    {
        if (incoming.Length < Length) return;
        if (File.IsMessage && !submission.IsSealing)
        {
            await incoming.WriteAllAsync();
            await CountAsync(incoming);
        }

        await submission.Content.CompleteAsync(File, incoming, renamed: () => submission.Log(this));
    }

    private async Task CountAsync(IncomingFile incoming)
    {
        var counter = new MessageText();
        await TakeCountedAsync(() => ReadBackAsync(0, bytes => counter.Add(bytes.Span)), incoming);
    }

    private Task TakeCountedAsync(Action count, IncomingFile incoming) => TakeCountedAsync(
        () =>
        {
            count();
            return Task.CompletedTask;
        },
        incoming);

    private async Task TakeCountedAsync(Func<Task> count, IncomingFile incoming)
    {
        try
        {
            await count();
        }
        catch (UploadRefusedException)
        {
            // All of it is there, but it will never be taken.
            _isGone = true;
            await incoming.DisposeAsync();
            submission.Drop(this);
            throw;
        }
    }

    // Of what is encrypted no part can be taken back: all of it is sent again.
    private void BeginAnew() => File.Seal!.Break();

    private async Task CutBackAsync(IncomingFile incoming, long offset)
    {
        submission.Content.GiveBack(File, incoming.Length - offset);
        await incoming.CutBackAsync(offset);
        Mark(null);
    }

    private void Mark(long? good)
    {
        submission.Mark(this, good);
        lock (_lock) _good = good;
    }

    private async Task ReadBackAsync(long offset, Action<ReadOnlyMemory<byte>> add)
    {
        try
        {
            await using var file = new FileStream(
                submission.Content.Folder!.PathOf(File.Partial), FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, useAsync: true);
            file.Position = offset;
            var buffer = new byte[WriteBuffers.Small];
            while (await file.ReadAsync(buffer) is > 0 and var count) add(buffer.AsMemory(0, count));
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    private static UploadRefusedException TooMuch() =>
        new(StatusCodes.Status413PayloadTooLarge, "The piece is longer than what is missing.", "Ask with HEAD where the upload goes on.");

    /// <summary>The right to write; dispose to give it back.</summary>
    private sealed class Writing(ResumableUpload upload, CancellationTokenSource cut) : IDisposable
    {
        /// <summary>Cancelled when somebody else takes over.</summary>
        public CancellationToken Cut => cut.Token;

        public void Dispose()
        {
            lock (upload._lock) upload._writing = null;
            cut.Dispose();
            upload._writer.Release();
        }
    }
}

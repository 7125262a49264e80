namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// A submission that comes in piece by piece. In the list of transfers it is one transfer from its first piece until it is complete, or until
/// nothing has come for a while; if it goes on after that, it is listed anew, with the offset it went on at. The disk knows of it from the
/// first piece on.
/// </summary>
internal sealed class ResumableSubmission(ReceiveParts parts, string id, bool isSingle) : IDisposable
{
    // Numbers are not given twice, so this is for those taken back, too.
    private const int MostNumbers = 10_000;

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Dictionary<int, ResumableUpload> _uploads = [];
    private readonly SubmissionLog _log = new(parts.Inbox, id);
    private string? _folder;
    private int _numbers;
    private Receipt? _receipt;
    private DateTimeOffset _touched = parts.Service.Time.GetUtcNow();
    private long _lastActivity = parts.Service.Time.GetTimestamp();
    private int _busy;
    private bool _isWithdrawn;

    /// <summary>Its secret name.</summary>
    public string Id { get; } = id;

    /// <summary>See <see cref="LogLine.IsSingle"/>.</summary>
    public bool IsSingle { get; } = isSingle;

    /// <summary>Whether what comes in is encrypted.</summary>
    public bool IsSealing => parts.Recipients is not null;

    public Submission Content { get; } = new(parts, isForm: false);

    /// <summary>Whether it is finished.</summary>
    public bool IsComplete => _receipt is not null;

    /// <summary>Whether the disk knows of it.</summary>
    public bool IsKept { get; private set; }

    /// <summary>
    /// Whether it can go on only as long as this service runs: what comes in is encrypted, and its session keys, and the names in it, are in memory only.
    /// </summary>
    public bool IsHeld => parts.Recipients is not null && Content.Folder is not null && !IsComplete;

    /// <summary>When it is given up if nothing more comes.</summary>
    public DateTimeOffset Expires => _touched + ResumableStore.Patience;

    /// <summary>How long nothing has come; null while something does.</summary>
    public TimeSpan? Idle
    {
        get { lock (_lock) return _busy > 0 ? null : parts.Service.Time.GetElapsedTime(_lastActivity); }
    }

    public int Count
    {
        get { lock (_lock) return _uploads.Count; }
    }

    /// <summary>A submission as the disk keeps it; null if it keeps none of that name.</summary>
    /// <exception cref="StorageException">It can't be read.</exception>
    public static ResumableSubmission? Load(ReceiveParts parts, string id)
    {
        var log = new SubmissionLog(parts.Inbox, id);
        if (log.Touched is not { } touched || log.Read() is not { Count: > 0 } lines) return null;
        var submission = new ResumableSubmission(parts, id, lines.Any(line => line.IsSingle)) { _touched = touched, IsKept = true };
        submission.Restore(lines);
        return submission;
    }

    /// <summary>An upload; null if there is none of that number.</summary>
    public ResumableUpload? Find(int number)
    {
        lock (_lock) return _uploads.GetValueOrDefault(number);
    }

    /// <summary>Keeps it from counting as idle; dispose when the request is over.</summary>
    public IDisposable Touch()
    {
        lock (_lock) _busy++;
        return new Busy(this);
    }

    /// <exception cref="UploadRefusedException">It is not wanted, too much, or too late.</exception>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public async Task<ResumableUpload> AddAsync(string name, long length, bool isMessage, string? metadata, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (parts.Service.IsDraining && !Content.IsUnderWay) throw UploadRefusedException.Closing();
            if (IsComplete || _isWithdrawn) throw ResumableStore.Gone();
            if (_numbers >= MostNumbers) throw UploadRefusedException.TooManyFiles(parts.Request.MaxFiles);
            var upload = new ResumableUpload(this, _numbers++, Content.Add(name, isMessage, length), metadata);
            lock (_lock) _uploads.Add(upload.Number, upload);
            if (IsKept) _log.Append(upload.Line);
            return upload;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Finishes it; again, if the answer was lost.</summary>
    /// <exception cref="UploadRefusedException">There is nothing in it, or not all of it has arrived.</exception>
    /// <exception cref="StorageException">The disk does not keep it.</exception>
    public async Task<(Receipt Receipt, bool IsNew)> FinishAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_receipt is { } known) return (known, false);
            if (Content.Files is not { Count: > 0 } files) throw UploadRefusedException.Nothing();
            if (files.Any(file => !file.IsWhole))
                throw new UploadRefusedException(StatusCodes.Status409Conflict, "Not all files have arrived yet.", "Go on with those that have not.");
            Show();
            _receipt = await Content.CompleteAsync();
            _log.Delete();
            IsKept = false;
            return (_receipt, true);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes an upload back. What was handed over already stays; only its address ends.</summary>
    public async Task RemoveAsync(ResumableUpload upload, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!IsComplete) await upload.RemoveAsync(cancellationToken);
            else lock (_lock) _uploads.Remove(upload.Number);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes all of it back: nothing of it stays, and no file is added to it any more.</summary>
    /// <exception cref="UploadRefusedException">It was handed over already.</exception>
    public async Task WithdrawAsync()
    {
        // Not given up with the request: half of it would stay.
        await _gate.WaitAsync();
        try
        {
            if (IsComplete) throw new UploadRefusedException(StatusCodes.Status409Conflict, "The submission is finished: what arrived stays.", "Ask who runs the service to remove it.");
            _isWithdrawn = true;
            ResumableUpload[] uploads;
            lock (_lock) uploads = [.. _uploads.Values];
            foreach (var upload in uploads) await upload.RemoveAsync(CancellationToken.None);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Removes an upload that was taken back, or is not taken.</summary>
    public void Drop(ResumableUpload upload)
    {
        lock (_lock) _uploads.Remove(upload.Number);
        Content.Remove(upload.File);
        Log(upload);
        if (Count > 0) return;
        _log.Delete();
        IsKept = false;
        Content.RemoveFolderIfEmpty();
        Content.Suspend();
    }

    /// <summary>Sees to it that the disk knows of all uploads before anything of one is there.</summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public void Keep()
    {
        lock (_lock)
        {
            if (parts.Recipients is not null)
            {
                Content.EnsureFolder();
                return;
            }

            var folder = Path.GetRelativePath(parts.Inbox.FullPath, Content.EnsureFolder().FullPath);
            if (IsKept && folder == _folder) return;
            try
            {
                _log.Append([new LogLine { Folder = folder, IsSingle = IsSingle }, .. _uploads.Values.Select(upload => upload.Line)]);
            }
            catch (StorageException)
            {
                Content.RemoveFolderIfEmpty();
                throw;
            }

            (IsKept, _folder) = (true, folder);
        }
    }

    /// <summary>Notes how an upload stands now. The disk can do without: it knows the files.</summary>
    public void Log(ResumableUpload upload)
    {
        try
        {
            if (IsKept) _log.Append(upload.Line);
        }
        catch (StorageException failure)
        {
            parts.Tell(failure);
        }
    }

    /// <summary>See <see cref="SubmissionLog.Mark"/>.</summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public void Mark(ResumableUpload upload, long? good) => _log.Mark(upload.Number, good);

    /// <summary>Puts its end off, because something came.</summary>
    public void PutOffEnd()
    {
        _touched = parts.Service.Time.GetUtcNow();
        if (IsKept) _log.Touch(_touched);
    }

    /// <summary>Lists it as under way, with what is known of it now.</summary>
    public void Show()
    {
        ResumableUpload[] uploads;
        lock (_lock) uploads = [.. _uploads.Values];
        Content.Show(uploads.Sum(upload => upload.Length), Content.IsUnderWay ? 0 : uploads.Sum(upload => upload.Offset));
    }

    /// <summary>Nobody will go on with it.</summary>
    public void GiveUp()
    {
        Content.GiveUp();
        _log.Delete();
    }

    public void Dispose() => _gate.Dispose();

    private void Restore(IReadOnlyList<LogLine> lines)
    {
        _folder = lines.LastOrDefault(line => line.Folder is not null)?.Folder;
        var folder = _folder is null ? null : Path.GetFullPath(Path.Combine(parts.Inbox.FullPath, _folder));
        var last = new SortedDictionary<int, UploadLine>();
        foreach (var line in lines)
        {
            if (line.Upload is { } upload) last[upload.Number] = upload;
        }

        _numbers = last.Count == 0 ? 0 : last.Keys.Max() + 1;
        var kept = last.Values.Where(line => !line.IsGone)
            .Select(line => (Line: line, File: new SubmittedFile((line.Final, line.Partial), line.IsMessage, line.Length, least: 0))).ToArray();
        Content.Restore(Directory.Exists(folder) ? parts.Inbox.Enter(folder) : null, kept.Select(upload => upload.File));
        foreach (var (line, file) in kept)
        {
            var upload = _uploads[line.Number] = new ResumableUpload(this, line.Number, file, line.Metadata);
            upload.Restore(line, _log.Marked(line.Number));
        }
    }

    private void Leave()
    {
        lock (_lock)
        {
            _busy--;
            _lastActivity = parts.Service.Time.GetTimestamp();
        }
    }

    private sealed class Busy(ResumableSubmission submission) : IDisposable
    {
        public void Dispose() => submission.Leave();
    }
}

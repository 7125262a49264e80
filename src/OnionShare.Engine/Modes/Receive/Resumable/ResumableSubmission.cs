using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// A submission that comes in piece by piece. In the list of transfers it is one transfer from its first piece until it is complete, or until
/// nothing has come for a while; if it goes on after that, it is listed anew, with the offset it went on at.
/// </summary>
internal sealed class ResumableSubmission(ReceiveParts parts, ServiceContext service, string id, bool isSingle)
{
    private readonly Lock _lock = new();
    private readonly List<ResumableUpload> _uploads = [];
    private ActiveTransfer? _transfer;
    private SubmissionFolder? _folder;
    private long _received;
    private long _lastActivity = service.Time.GetTimestamp();
    private int _busy;

    /// <summary>Its secret name.</summary>
    public string Id { get; } = id;
    public bool IsSingle { get; } = isSingle;
    public bool IsComplete { get; private set; }

    /// <summary>When it is given up if nothing more comes.</summary>
    public DateTimeOffset Expires { get; private set; } = service.Time.GetUtcNow() + ResumableStore.Patience;
    public SemaphoreSlim Gate { get; } = new(1);

    public bool IsUnderWay
    {
        get { lock (_lock) return _transfer is not null; }
    }

    /// <summary>How long nothing has come; null while something does.</summary>
    public TimeSpan? Idle
    {
        get { lock (_lock) return _busy > 0 ? null : service.Time.GetElapsedTime(_lastActivity); }
    }

    /// <summary>Its uploads that were not taken back.</summary>
    public IReadOnlyList<ResumableUpload> Uploads
    {
        get { lock (_lock) return [.. _uploads.Where(upload => !upload.IsGone)]; }
    }

    /// <summary>An upload; null if there is none of that number.</summary>
    public ResumableUpload? Find(int number)
    {
        lock (_lock) return number >= 0 && number < _uploads.Count && !_uploads[number].IsGone ? _uploads[number] : null;
    }

    /// <summary>Adds an upload; returns its number.</summary>
    public int Add(ResumableUpload upload)
    {
        lock (_lock)
        {
            _uploads.Add(upload);
            return _uploads.Count - 1;
        }
    }

    /// <summary>Keeps it from counting as idle; dispose when the request is over.</summary>
    public IDisposable Touch()
    {
        lock (_lock) _busy++;
        return new Busy(this);
    }

    public void List()
    {
        var uploads = Uploads;
        var name = Receipt.NameOf([.. uploads.Select(upload => upload.Paths?.Name ?? UploadName.Safe(upload.Name))]);
        lock (_lock)
        {
            var total = uploads.Sum(upload => upload.Length);
            var offset = uploads.Sum(upload => upload.Offset) - _received;
            if (_transfer is null) _transfer = service.Transfers.Begin(TransferDirection.Upload, name, total - offset, offset);
            else _transfer.Describe(name, total - offset);
        }
    }

    /// <summary>Counts bytes that came in.</summary>
    public void Report(long bytes)
    {
        lock (_lock)
        {
            _received += bytes;
            _transfer?.Report(_received);
        }
    }

    /// <summary>Opens the file of an upload to write on at its offset.</summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public IncomingFile Open(ResumableUpload upload)
    {
        if (upload.Paths is not null) return IncomingFile.Resume(upload.Paths, upload.Offset, parts.Buffers, parts.Disk);
        lock (_lock) _folder ??= parts.Inbox.NewSubmission();
        upload.Paths = _folder.Reserve(upload.IsMessage ? MessageText.FileName : upload.Name);
        return IncomingFile.Create(upload.Paths, parts.Buffers, parts.Disk);
    }

    public async Task<Receipt> CompleteAsync()
    {
        var uploads = Uploads;
        var receipt = ReceiptOf(uploads);
        if (IsComplete) return receipt;
        if (_folder is not null) await parts.Disk.RunAsync(_folder.Flush);
        List();
        IsComplete = true;
        lock (_lock)
        {
            _transfer!.Complete([.. uploads.Select(upload => upload.Paths!.Final)]);
            _transfer = null;
        }

        return receipt;
    }

    /// <summary>Nothing has come for a while: it is listed as broken off. It can still go on.</summary>
    public void Suspend()
    {
        var left = Uploads.Where(upload => upload.Paths is not null).Select(upload => upload.IsDone ? upload.Paths!.Final : upload.Paths!.Partial);
        lock (_lock)
        {
            _transfer?.Cancel([.. left]);
            _transfer = null;
            _received = 0;
        }
    }

    /// <summary>Takes an upload back: nothing of it stays.</summary>
    public void Remove(ResumableUpload upload)
    {
        if (upload.Paths is not null)
        {
            parts.Intake.GiveBack(upload.Offset);
            File.Delete(upload.IsDone ? upload.Paths.Final : upload.Paths.Partial);
        }

        upload.IsGone = true;
        if (Uploads.Count > 0) return;
        _folder?.RemoveIfEmpty();
        Suspend();
    }

    /// <summary>It was given up: removes what is not whole, if that is asked for.</summary>
    public void GiveUp()
    {
        if (parts.Request.DiscardPartial)
        {
            foreach (var upload in Uploads.Where(upload => !upload.IsDone && upload.Paths is not null)) File.Delete(upload.Paths!.Partial);
        }

        _folder?.RemoveIfEmpty();
    }

    public SubmissionState State
    {
        get
        {
            lock (_lock)
            {
                return new SubmissionState
                {
                    Id = Id,
                    Folder = _folder is null ? null : Path.GetRelativePath(parts.Inbox.FullPath, _folder.FullPath),
                    IsSingle = IsSingle,
                    IsComplete = IsComplete,
                    Expires = Expires,
                    Uploads = [.. _uploads.Select(upload => upload.State)],
                };
            }
        }
    }

    /// <summary>Puts its end off, because something came.</summary>
    public void PutOffEnd() => Expires = service.Time.GetUtcNow() + ResumableStore.Patience;

    public static ResumableSubmission Of(SubmissionState state, ReceiveParts parts, ServiceContext service)
    {
        var folder = state.Folder is null ? null : Path.Combine(parts.Inbox.FullPath, state.Folder);
        var submission = new ResumableSubmission(parts, service, state.Id, state.IsSingle) { IsComplete = state.IsComplete, Expires = state.Expires };
        if (Directory.Exists(folder)) submission._folder = new SubmissionFolder(folder);
        submission._uploads.AddRange(state.Uploads.Select(upload => ResumableUpload.Of(upload, folder)));
        return submission;
    }

    private static Receipt ReceiptOf(IReadOnlyList<ResumableUpload> uploads) => new(
        [.. uploads.Where(upload => !upload.IsMessage).Select(upload => upload.Paths!.Name)],
        uploads.Any(upload => upload.IsMessage),
        uploads.Sum(upload => upload.Length));

    private void Leave()
    {
        lock (_lock)
        {
            _busy--;
            _lastActivity = service.Time.GetTimestamp();
        }
    }

    private sealed class Busy(ResumableSubmission submission) : IDisposable
    {
        public void Dispose() => submission.Leave();
    }
}

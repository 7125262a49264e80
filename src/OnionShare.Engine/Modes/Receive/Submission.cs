using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>
/// One submission, whichever way it comes in: what it may hold, the names in it, its folder, and its place in the list of transfers. The
/// folder is made for the first byte. Safe for several files at the same time.
/// </summary>
internal sealed class Submission
{
    private const int MostClashes = 100;

    private readonly Lock _lock = new();
    private readonly List<SubmittedFile> _files = [];
    private readonly SubmissionNames _names = new();
    private readonly SubmissionTally _tally;
    private readonly SubmissionChecksums? _checksums;
    private readonly ReceiveParts _parts;
    private readonly bool _isTraced;
    private ActiveTransfer? _transfer;
    private PartialTrace? _trace;

    /// <summary>One that has nothing in it yet.</summary>
    /// <param name="parts">What it is a part of.</param>
    /// <param name="isForm">Whether it comes in by a form, which can't go on once it broke.</param>
    public Submission(ReceiveParts parts, bool isForm)
    {
        _parts = parts;
        _tally = new SubmissionTally(parts.Request, parts.Quota);
        _isTraced = _parts.Recipients is not null || (isForm && _parts.Request.DiscardPartial);
        if (_parts.Request.Receipt) _checksums = new SubmissionChecksums(parts, _names);
    }

    /// <summary>Its folder; null while nothing has arrived, or when nothing of it is left.</summary>
    public SubmissionFolder? Folder { get; private set; }

    /// <summary>Whether it is listed as under way.</summary>
    public bool IsUnderWay
    {
        get { lock (_lock) return _transfer is not null; }
    }

    /// <summary>Its files, the message among them.</summary>
    public IReadOnlyList<SubmittedFile> Files
    {
        get { lock (_lock) return [.. _files]; }
    }

    /// <summary>What its sender is told of it.</summary>
    public Receipt Receipt
    {
        get { lock (_lock) return Receipt.Of(_files, _tally.Size, _parts.Request.Receipt); }
    }

    /// <summary>Gives a file a place in it.</summary>
    /// <param name="name">What the visitor calls it.</param>
    /// <param name="isMessage">Whether it is the message.</param>
    /// <param name="length">How long it will be, in bytes; null when that is not known.</param>
    /// <exception cref="UploadRefusedException">It is not wanted, or too much.</exception>
    public SubmittedFile Add(string? name, bool isMessage, long? length = null)
    {
        var request = _parts.Request;
        if (isMessage ? request.NoText : request.NoFiles) throw isMessage ? UploadRefusedException.NoText() : UploadRefusedException.NoFiles();
        if (isMessage && length > MessageText.MostBytes) throw UploadRefusedException.TextTooLong();
        _tally.CheckFile(isMessage, length ?? 0);
        lock (_lock)
        {
            if (isMessage && _files.Any(file => file.IsMessage)) throw UploadRefusedException.Malformed("refused.second-message");
            if (!isMessage && _files.Count(file => !file.IsMessage) >= request.MaxFiles) throw UploadRefusedException.TooManyFiles(request.MaxFiles);
            // The first one's checksums are a file, too.
            var least = request.Receipt && _files.Count == 0 ? 2 * ReceiveRequest.LeastOfFile : ReceiveRequest.LeastOfFile;
            _tally.Add(length, least);
            var asked = isMessage ? _parts.Inbox.NextMessageName() : name;
            var file = _parts.Recipients is null
                ? new SubmittedFile(_names.Reserve(asked), isMessage, length, least)
                : new SubmittedFile(_names.Reserve(_parts.Inbox.NextSealedName()), isMessage, length, least) { Shown = _names.ReserveFinal(asked) };
            _files.Add(file);
            return file;
        }
    }

    /// <summary>Puts back what was kept of one that came in before this service was started.</summary>
    public void Restore(SubmissionFolder? folder, IEnumerable<SubmittedFile> files)
    {
        Folder = folder;
        _files.AddRange(files);
        foreach (var file in _files) _names.Keep(file);
        _tally.Restore(_files);
    }

    /// <summary>Counts bytes of a file that are about to be written.</summary>
    /// <param name="file">The file.</param>
    /// <param name="lengthSoFar">Its length without them.</param>
    /// <param name="count">How many they are.</param>
    /// <exception cref="UploadRefusedException">They are more than a limit allows.</exception>
    public void Take(SubmittedFile file, long lengthSoFar, int count)
    {
        _tally.CheckFile(file.IsMessage, lengthSoFar + count);
        lock (_lock)
        {
            _tally.Take(file, count);
            _transfer?.Report(_tally.Received);
        }
    }

    /// <summary>Bytes counted before were thrown away.</summary>
    public void GiveBack(SubmittedFile file, long bytes)
    {
        lock (_lock)
        {
            _tally.GiveBack(file, bytes);
            _transfer?.Report(_tally.Received);
        }
    }

    /// <summary>Lists it as under way, with what is known of it now.</summary>
    /// <param name="total">How many bytes it will have; null when that is not known.</param>
    /// <param name="offset">How much of it had come before it was listed.</param>
    public void Show(long? total, long offset = 0)
    {
        lock (_lock)
        {
            var name = Receipt.NameOf(_files.Count == 0 ? "" : _files[0].Final, _files.Count);
            if (_transfer is null) _transfer = _parts.Service.Transfers.Begin(TransferDirection.Upload, name, total - offset, offset);
            else _transfer.Describe(name, total - _transfer.Snapshot.Offset);
        }
    }

    /// <summary>Its folder, made now if there is none.</summary>
    /// <exception cref="StorageException">It can't be made.</exception>
    public SubmissionFolder EnsureFolder()
    {
        lock (_lock) return Folder ??= _parts.Inbox.NewSubmission();
    }

    /// <summary>Opens a file to write on at an offset; what lies behind is cut off.</summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public IncomingFile Open(SubmittedFile file, long offset)
    {
        if (_parts.Request.Receipt) (file.Digest ??= new ContentDigest()).GoTo(offset);
        return OpenPartial(file, offset);
    }

    /// <summary>As <see cref="Open"/>, of a file whose SHA-256 nobody asks for.</summary>
    internal IncomingFile OpenPartial(SubmittedFile file, long offset)
    {
        if (_parts.Recipients is { } recipients && (offset == 0 || file.Seal is null or { IsOver: true })) file.Seal = recipients.Begin(file.Shown);
        var path = EnsureFolder().PathOf(file.Partial);
        if (_isTraced && offset == 0) Trace(path);
        return offset > 0 || File.Exists(path)
            ? IncomingFile.Resume(path, offset, _parts.Buffers, _parts.Disk, file.Seal, file.Digest)
            : IncomingFile.Create(path, _parts.Buffers, _parts.Disk, file.Seal, file.Digest);
    }

    /// <summary>How much of a file the disk has. Of one that is encrypted only what can be gone on with: the rest begins anew.</summary>
    public long LengthOf(SubmittedFile file)
    {
        if (_parts.Recipients is not null) return file.Seal?.Length ?? 0;
        if (Folder is not { } folder) return 0;
        var partial = new FileInfo(folder.PathOf(file.Partial));
        return partial.Exists ? partial.Length : 0;
    }

    /// <summary>A file is whole: brings it to the disk, then gives it its name, or one with a number if somebody has put that there.</summary>
    /// <exception cref="StorageException">The disk did not take it; it keeps its partial name.</exception>
    public async Task CompleteAsync(SubmittedFile file, IncomingFile incoming, Action renamed)
    {
        var length = incoming.Length;
        await incoming.FinishAsync();
        file.Sha256 = file.Digest?.Of(length);
        file.Digest?.Dispose();
        file.Digest = null;
        for (var clashes = 0; ; clashes++)
        {
            try
            {
                File.Move(Folder!.PathOf(file.Partial), Folder.PathOf(file.Final), overwrite: false);
                file.IsWhole = true;
                return;
            }
            catch (IOException) when (clashes < MostClashes && Path.Exists(Folder!.PathOf(file.Final)))
            {
                lock (_lock) file.Final = _names.Next(file.Final);
                renamed();
            }
            catch (Exception failure) when (StorageException.Is(failure))
            {
                throw new StorageException(failure);
            }
        }
    }

    /// <exception cref="StorageException">The disk does not keep it.</exception>
    public async Task<Receipt> CompleteAsync()
    {
        if (_checksums is not null) await _checksums.FindAsync(Files, Folder!);
        var receipt = Receipt;
        var checksums = _checksums is null ? null : await _checksums.WriteAsync(this, receipt.Lines!);
        if (Folder is { } folder) await _parts.Disk.RunAsync(folder.Flush);
        lock (_lock)
        {
            _transfer?.Describe(Receipt.NameOf(_files[0].Final, _files.Count), _tally.Size - _transfer.Snapshot.Offset);
            _transfer?.Report(_tally.Received);
            if (_files is [{ Seal: null, Sha256: { } only }]) _transfer?.Identify(Convert.ToHexStringLower(only));
            _transfer?.Complete(checksums is null ? Paths(file => file.IsWhole) : [.. Paths(file => file.IsWhole), checksums]);
            _transfer = null;
        }

        Leave();
        EndTrace();
        return receipt;
    }

    /// <summary>A file is taken back: nothing of it stays.</summary>
    public void Remove(SubmittedFile file)
    {
        Delete(file);
        lock (_lock)
        {
            _files.Remove(file);
            _tally.Remove(file);
        }
    }

    /// <summary>It is not taken: nothing of it stays. Whatever the disk says to that, it is over.</summary>
    public void Refuse(string why)
    {
        foreach (var file in Files) Remove(file);
        RemoveFolderIfEmpty();
        lock (_lock)
        {
            _transfer?.Fail(why);
            _transfer = null;
        }

        EndTrace();
    }

    /// <summary>Nobody goes on with it for now: it is listed as broken off, with what is there of it.</summary>
    public void Suspend()
    {
        lock (_lock)
        {
            var left = Paths(file => file.IsWhole || File.Exists(Folder?.PathOf(file.Partial)));
            _transfer?.Cancel(left);
            _transfer = null;
            _tally.BeginAnew();
        }

        Leave();
    }

    /// <summary>Nobody will go on with it: what is whole stays, and what is not stays as partial file unless that is not wanted.</summary>
    public void GiveUp()
    {
        foreach (var file in Files.Where(file => !file.IsWhole && (_parts.Request.DiscardPartial || LengthOf(file) == 0))) Remove(file);
        RemoveFolderIfEmpty();
        Suspend();
        EndTrace();
    }

    /// <summary>Removes its folder if nothing is in it.</summary>
    public void RemoveFolderIfEmpty()
    {
        if (Folder is not { } folder || !folder.TryRemove()) return;
        Leave();
        Folder = null;
    }

    /// <summary>
    /// Begins another folder if somebody has removed its own; what lay in there is lost, and counts as not sent. Only who asks how far it
    /// is before each piece can go on then.
    /// </summary>
    public void RenewFolder()
    {
        lock (_lock)
        {
            if (Folder is null || Directory.Exists(Folder.FullPath)) return;
            Leave();
            Folder = null;
            foreach (var file in _files) (file.IsWhole, file.Seal) = (false, null);
        }
    }

    private string[] Paths(Func<SubmittedFile, bool> wanted) => Folder is not { } folder
        ? []
        : [.. _files.Where(wanted).Select(file => folder.PathOf(file))];

    private void Delete(SubmittedFile file)
    {
        if (Folder is not { } folder) return;
        var path = folder.PathOf(file);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody has removed it already, with its folder.
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            _parts.Service.Warn(
                $"'{RemoteText.Show(path)}' belongs to an upload that was not taken, and can't be removed: {RemoteText.Show(failure.Message)} Remove it yourself.");
        }
    }

    private void Trace(string path)
    {
        lock (_lock) (_trace ??= PartialTrace.Begin(_parts.Inbox, _parts.Request.DiscardPartial)).Add(path);
    }

    private void EndTrace()
    {
        lock (_lock) _trace?.Dispose();
    }

    private void Leave()
    {
        if (Folder is { } folder) _parts.Inbox.Leave(folder);
    }
}

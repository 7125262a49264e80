using System.Security.Cryptography;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// The submissions that come in piece by piece: in memory while something comes, and in the inbox's hidden folder, so that they go on after
/// the service was started anew. Abandoned ones are given up.
/// </summary>
internal sealed class ResumableStore(ReceiveParts parts) : IAsyncDisposable
{
    /// <summary>How long an upload nobody goes on with is kept.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>Uploads in memory at once. For more, those that were idle longest give way: they are on the disk, or nothing of them has come.</summary>
    public const int Most = 5_000;

    // Of those that are finished so many are known for a while, so that whoever has missed the answer can ask again.
    private const int MostFinished = 500;
    private const int IdLength = 32;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan QuietAtEnd = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EmptyPatience = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResumableSubmission> _known = [];
    private readonly Queue<ResumableSubmission> _finished = new();
    private readonly CancellationTokenSource _ending = new();
    private Task _watch = Task.CompletedTask;

    /// <summary>Gives up what was abandoned, removes what a killed engine left, and watches from now on.</summary>
    public void Open()
    {
        Tidy();
        if (PartialTrace.Sweep(parts.Inbox) is [var first, ..] left)
        {
            parts.Service.Warn(
                $"{(left.Count == 1 ? "A partial file" : $"{left.Count:N0} partial files")} of encrypted uploads that broke off when the engine was killed: '{RemoteText.Show(first)}'{(left.Count == 1 ? "" : " and others")}. "
                + "Nobody can go on with them. gpg --decrypt gives what had come; remove them if you don't want that.");
        }

        _watch = Task.Run(() => WatchAsync(_ending.Token));
    }

    /// <summary>A name for a submission. Nothing is kept of it before something is to come, so that asking for names costs nothing.</summary>
    public static string NewId() => RandomNumberGenerator.GetHexString(IdLength, lowercase: true);

    /// <summary>A submission, new if there is none of that name; not idle until what is returned is disposed.</summary>
    /// <exception cref="UploadRefusedException">It is no name, or there are too many.</exception>
    /// <exception cref="StorageException">What the disk keeps of it can't be read.</exception>
    public IDisposable Begin(string id, bool isSingle, out ResumableSubmission submission)
    {
        if (!IsId(id)) throw Gone();
        lock (_lock)
        {
            var busy = Find(id, out submission);
            if (busy is null && parts.Service.IsDraining) throw UploadRefusedException.Closing();
            if (!MakeRoom() && busy is null) throw UploadRefusedException.Busy();
            if (busy is not null) return busy;
            submission = _known[id] = new ResumableSubmission(parts, id, isSingle);
            return submission.Touch();
        }
    }

    /// <summary>The submission of that name, not idle until what is returned is disposed; null if there is none.</summary>
    /// <exception cref="StorageException">What the disk keeps of it can't be read.</exception>
    public IDisposable? Find(string? id, out ResumableSubmission submission)
    {
        submission = null!;
        if (id is null || !IsId(id)) return null;
        lock (_lock)
        {
            if (!_known.TryGetValue(id, out var known))
            {
                // What an earlier run began is not encrypted, so nothing may be added to it where everything is.
                known = parts.Recipients is null ? ResumableSubmission.Load(parts, id) : null;
                if (known is null || known.Expires < parts.Service.Time.GetUtcNow()) return null;
                _known[id] = known;
            }

            submission = known;
            return submission.Touch();
        }
    }

    /// <summary>One is finished: the disk has forgotten it, and so does memory in a while.</summary>
    public void Finished(ResumableSubmission submission)
    {
        lock (_lock)
        {
            _finished.Enqueue(submission);
            while (_finished.Count > 1 && _finished.Sum(finished => finished.Count) > MostFinished) _known.Remove(_finished.Dequeue().Id);
        }
    }

    /// <summary>What a client is told that asks for something that is not there.</summary>
    public static UploadRefusedException Gone(bool isSealing = false) => new(
        StatusCodes.Status404NotFound,
        isSealing
            ? "There is no such upload, or no longer: what comes in here is encrypted, and what was not whole when the service was started again is lost."
            : "There is no such upload, or no longer.",
        "Start it anew.");

    /// <summary>Ends the watch; what can go on later stays, what is finished is forgotten.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        foreach (var submission in Known()) Forget(submission);
        SubmissionFolder.TryRemove(parts.Inbox.HiddenPath); // unless uploads that can go on are in it
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var lastTidied = parts.Service.Time.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookEvery, parts.Service.Time, cancellationToken);
            LetGo();
            if (parts.Service.Time.GetElapsedTime(lastTidied) < TidyEvery) continue;
            lastTidied = parts.Service.Time.GetTimestamp();
            Tidy();
        }
    }

    /// <summary>Lists what has become quiet as broken off, and forgets it here: it is on the disk.</summary>
    internal void LetGo()
    {
        parts.Recipients?.TellExpiry(parts.Service.Warn);
        var quiet = parts.Service.IsDraining ? QuietAtEnd : Quiet;
        foreach (var submission in Known())
        {
            lock (_lock)
            {
                if (submission.IsHeld && submission.Idle > quiet && submission.Content.IsUnderWay) submission.Content.Suspend();
                var patience = submission.IsKept ? quiet : submission.IsHeld ? Patience : EmptyPatience;
                if (submission.IsComplete || !(submission.Idle > patience)) continue;
                _known.Remove(submission.Id);
            }

            Forget(submission);
        }
    }

    /// <summary>Gives up what was abandoned long ago, and removes folders that the owner has emptied.</summary>
    internal void Tidy()
    {
        try
        {
            Expire();
            parts.Inbox.RemoveEmptied();
        }
        catch (Exception failure) when (failure is StorageException || StorageException.Is(failure))
        {
            parts.Service.Warn($"Unfinished uploads in the inbox, which nobody can go on with, could not be removed: {RemoteText.Show(failure.Message)}");
        }
    }

    private void Expire()
    {
        if (!Directory.Exists(parts.Inbox.HiddenPath)) return;
        var end = parts.Service.Time.GetUtcNow().UtcDateTime - Patience;
        foreach (var path in Directory.GetFiles(parts.Inbox.HiddenPath).Where(path => File.GetLastWriteTimeUtc(path) < end))
        {
            var id = Path.GetFileNameWithoutExtension(path);
            lock (_lock)
            {
                if (_known.ContainsKey(id)) continue;
            }

            if (path.EndsWith(SubmissionLog.End, StringComparison.Ordinal)) ResumableSubmission.Load(parts, id)?.GiveUp();
            if (!PartialTrace.IsOne(path)) File.Delete(path);
        }
    }

    // Called with the lock held.
    private bool MakeRoom()
    {
        while (_known.Values.Sum(submission => Math.Max(1, submission.Count)) >= Most)
        {
            var idlest = _known.Values.Where(submission => submission.Idle is not null).OrderBy(submission => submission.IsKept || submission.IsHeld)
                .ThenByDescending(submission => submission.Idle).FirstOrDefault();
            if (idlest is null) return false;
            _known.Remove(idlest.Id);
            Forget(idlest);
        }

        return true;
    }

    private static void Forget(ResumableSubmission submission)
    {
        if (submission.IsKept) submission.Content.Suspend();
        else if (!submission.IsComplete) submission.GiveUp();
    }

    private ResumableSubmission[] Known()
    {
        lock (_lock) return [.. _known.Values];
    }

    private static bool IsId(string id) => id.Length == IdLength && !id.AsSpan().ContainsAnyExcept("0123456789abcdef");
}

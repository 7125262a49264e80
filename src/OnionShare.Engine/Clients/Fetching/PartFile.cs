using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Win32.SafeHandles;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>
/// A file on its way: <c>NAME.part</c> (a very long name is cut), and beside it <c>NAME.part.json</c>, which says what of it is there, so that another session can go on. The journal
/// holds no address, password or key: a hash tells whether it is of this download.
/// </summary>
internal sealed class PartFile : IDisposable
{
    /// <summary>What a file on its way ends with.</summary>
    public const string Ending = ".part";

    private const string JournalEnding = ".json";
    private const int LongestEnding = 24; // « (123).part.json.new», and some to spare: a name may be as long as the disk takes
    private const int DownloadLength = 32;
    private const long KeepEvery = 16 << 20;

    // So that the flush at the end has little left to do.
    private const long FlushEvery = 128 << 20;

    // In pieces that the file system finds room for at once, as in Modes.Receive.IncomingFile.
    private const int WritePiece = 32 * 1024;

    // Who follows is not woken for every packet.
    private const int FollowStep = 256 * 1024;
    private static readonly TimeSpan KeepAfter = TimeSpan.FromSeconds(3);

    private readonly Lock _lock = new();
    private readonly SafeFileHandle _handle;
    private readonly RangeSet _there = new();
    private readonly string _identity;
    private readonly TimeProvider _time;
    private TaskCompletionSource _grown = New();
    private Task _keeping = Task.CompletedTask;
    private long _sinceKept;
    private long _keptAt;
    private Exception? _failure;
    private bool _isComplete;
    private bool _isKept;

    private PartFile(string path, string identity, string download, SafeFileHandle handle, TimeProvider time)
    {
        (Path, _identity, Download, _handle, _time) = (path, identity, download, handle, time);
        _keptAt = time.GetTimestamp();
    }

    public string Path { get; }

    /// <summary>Where it is, with no link left in the path.</summary>
    public string RealPath => NativeFiles.Current.RealPath(_handle);

    /// <summary>The name of the download towards the service, the same in every session that works on it: 32 hexadecimal digits.</summary>
    public string Download { get; }

    public long Count
    {
        get { lock (_lock) return _there.Count; }
    }

    /// <summary>Opens what an earlier session left of this very download, or a new file; a link is never followed.</summary>
    /// <param name="target">The path it will have in the end; its folder is there.</param>
    /// <param name="source">What tells one download from another: host, path, entity tag, length.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProblemException">Somebody else is working on it.</exception>
    public static PartFile Open(string target, string source, TimeProvider time)
    {
        var identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(source)));
        var folder = System.IO.Path.GetDirectoryName(target)!;
        var name = SafeName.Shortened(System.IO.Path.GetFileName(target), SafeName.MostBytes - LongestEnding);
        var path = EntryPath.Free(System.IO.Path.Combine(folder, name + Ending), taken => IsOfAnother(taken, identity));
        var journal = Read(path + JournalEnding);
        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(path, System.IO.Path.Exists(path) ? FileMode.Open : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, FileOptions.Asynchronous);
        }
        catch (IOException busy) when (busy is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new ProblemException(new Problem(
                ProblemCodes.PathNotWritable, $"'{RemoteText.Show(path)}' can't be written: {RemoteText.Show(busy.Message)}", "Is it being fetched in another session?", path));
        }

        var part = new PartFile(path, identity, journal is { Download: { Length: DownloadLength } known } && known.All(char.IsAsciiHexDigitLower) ? known : RandomNumberGenerator.GetHexString(DownloadLength, lowercase: true), handle, time);
        var length = RandomAccess.GetLength(handle);
        foreach (var range in (journal?.Ranges ?? []).Where(range => range is [_, _])) part._there.Add(Math.Clamp(range[0], 0, length), Math.Clamp(range[1], 0, length));
        return part;
    }

    /// <summary>What is missing of a file of that length.</summary>
    public IReadOnlyList<(long Start, long End)> Missing(long length)
    {
        lock (_lock) return [.. _there.Missing(length)];
    }

    /// <summary>Writes bytes to their place. What is there is written down now and then, beside it.</summary>
    /// <exception cref="ProblemException">The disk does not take them.</exception>
    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        try
        {
            if (_keeping.IsFaulted) _keeping.GetAwaiter().GetResult();
            for (var done = 0; done < bytes.Length; done += WritePiece)
                RandomAccess.Write(_handle, bytes.Slice(done, Math.Min(WritePiece, bytes.Length - done)), offset + done);
        }
        catch (Exception full) when (full is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.NoSpace, $"'{RemoteText.Show(Path)}' can't be written: {RemoteText.Show(full.Message)}", "What has arrived is kept. Free some space and run the same command again.", Path));
        }

        TaskCompletionSource? grown = null;
        lock (_lock)
        {
            var before = _there.Frontier;
            _there.Add(offset, offset + bytes.Length);
            if (_there.Frontier / FollowStep > before / FollowStep) (grown, _grown) = (_grown, New());
            _sinceKept += bytes.Length;
            // What has come first is written down at once: from then on there is something to go on from.
            var isTime = !_isKept || _sinceKept >= FlushEvery || (_sinceKept >= KeepEvery && _time.GetElapsedTime(_keptAt) >= KeepAfter);
            if (isTime && _keeping.IsCompleted)
            {
                _isKept = true;
                (_sinceKept, _keptAt) = (0, _time.GetTimestamp());
                _keeping = Task.Factory.StartNew(Keep, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default); // it waits for the disk
            }
        }

        grown?.SetResult();
    }

    /// <summary>What is there from an offset on, at most to the first gap.</summary>
    public int Read(long offset, Span<byte> buffer)
    {
        long there;
        lock (_lock) there = Math.Max(0, _there.Frontier - offset);
        return RandomAccess.Read(_handle, buffer[..(int)Math.Min(buffer.Length, there)], offset);
    }

    /// <summary>Reads on from an offset once there is a good piece from the start up to there and beyond; 0 at the end of a complete file.</summary>
    public async ValueTask<int> FollowAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if (_failure is not null) throw new IOException(_failure.Message, _failure);
                if (_isComplete || _there.Frontier / FollowStep > offset / FollowStep) break;
                grown = _grown.Task;
            }

            await grown.WaitAsync(cancellationToken);
        }

        return Read(offset, buffer.Span);
    }

    /// <summary>All of it is there; who follows comes to an end.</summary>
    public void Complete() => Tell(() => _isComplete = true);

    /// <summary>It will not be completed; who follows is told.</summary>
    public void Fail(Exception failure) => Tell(() => _failure = failure);

    // Writes down what is there, after having seen to it that it is on the disk.
    private void Keep()
    {
        PartJournal journal;
        lock (_lock) journal = new PartJournal(_identity, Download, [.. _there.All.Select(range => new[] { range.Start, range.End })]);
        RandomAccess.FlushToDisk(_handle);
        var path = Path + JournalEnding;
        var temporary = path + ".new";
        File.Delete(temporary); // were it a link, it would be written through
        using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write))
            RandomAccess.Write(file, JsonSerializer.SerializeToUtf8Bytes(journal, PartJson.Default.PartJournal), 0);
        File.Move(temporary, path, overwrite: true);
    }

    /// <param name="target">The name.</param>
    /// <param name="overwrite">Whether it takes the place of one that is there.</param>
    /// <exception cref="IOException">One is there.</exception>
    public void Finish(string target, bool overwrite)
    {
        Settle();
        RandomAccess.FlushToDisk(_handle);
        _handle.Dispose();
        File.Move(Path, target, overwrite);
        File.Delete(Path + JournalEnding);
    }

    public void Discard()
    {
        Settle();
        _handle.Dispose();
        File.Delete(Path);
        File.Delete(Path + JournalEnding);
    }

    public void Dispose()
    {
        if (_handle.IsClosed) return;
        Settle();
        if (Count > 0) Keep();
        _handle.Dispose();
        if (Count == 0) Discard();
    }

    private static bool IsOfAnother(string path, string identity) =>
        System.IO.Path.Exists(path) && !(IsPlain(path) && Read(path + JournalEnding) is { } journal && journal.Identity == identity);

    private static bool IsPlain(string path) =>
        NativeFiles.Current.TryStat(path, followLinks: false, out var stat) == FileFault.None && stat.Kind == FileKind.File;

    private static PartJournal? Read(string path)
    {
        try
        {
            return IsPlain(path) ? JsonSerializer.Deserialize(File.ReadAllBytes(path), PartJson.Default.PartJournal) : null;
        }
        catch (JsonException)
        {
            return null; // damaged: what is there of the file is not known then
        }
    }

    // What is being written down is written to its end. That it could not be matters no more: it is written anew, or nobody needs it.
    private void Settle() => Task.WaitAny(_keeping);

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Tell(Action change)
    {
        TaskCompletionSource grown;
        lock (_lock)
        {
            change();
            (grown, _grown) = (_grown, New());
        }

        grown.SetResult();
    }
}

/// <summary>What is written down of a file on its way.</summary>
/// <param name="Identity">The SHA-256 of what tells one download from another.</param>
/// <param name="Download">Its name towards the service.</param>
/// <param name="Ranges">What is there: first byte, and the one after the last.</param>
internal sealed record PartJournal(string Identity, string Download, IReadOnlyList<long[]> Ranges);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(PartJournal))]
internal sealed partial class PartJson : JsonSerializerContext;

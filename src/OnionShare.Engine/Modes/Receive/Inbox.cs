using System.Globalization;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The folder that takes the submissions: <c>yyyy-MM-dd/HHmmss.ffffff</c> in local time for each.</summary>
internal sealed class Inbox(string path, TimeProvider time)
{
    private const string DayFormat = "yyyy-MM-dd";
    private const string TimeFormat = "HHmmss.ffffff";
    private const long Microsecond = TimeSpan.TicksPerMicrosecond;
    private const int MostTries = 100;
    private static readonly TimeSpan EmptyFor = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly HashSet<string> _inUse = [];
    private long _last;

    public string FullPath { get; } = path;

    /// <summary>The hidden folder in it that keeps what is under way; it may not be there.</summary>
    public string HiddenPath { get; } = Path.Combine(path, ".uploads");

    /// <summary>Bytes this user may still write on its disk.</summary>
    /// <exception cref="StorageException">The disk does not tell.</exception>
    public long FreeSpace()
    {
        try
        {
            return DiskSpace.Free(FullPath); // a network path that does not tell has no limit that could be kept
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <summary>Makes the folder if it is not there, and tries whether it can be written to, so that nobody sends in vain.</summary>
    /// <exception cref="ProblemException">It can't be used.</exception>
    public void Prepare()
    {
        if (!Path.IsPathFullyQualified(FullPath))
            throw Unusable("it is no absolute path");
        try
        {
            if (!Directory.Exists(FullPath))
            {
                if (OperatingSystem.IsWindows()) Directory.CreateDirectory(FullPath);
                else Directory.CreateDirectory(FullPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            Try();
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw Unusable(failure.Message.TrimEnd('.'), failure);
        }
    }

    /// <summary>A new folder for a submission. However many are asked for at once, each gets its own. <see cref="Leave"/> ends its use.</summary>
    /// <exception cref="StorageException">It can't be made.</exception>
    public SubmissionFolder NewSubmission()
    {
        try
        {
            for (var tries = 0; tries < MostTries; tries++)
            {
                var moment = NextMoment();
                var folder = Path.Combine(DayFolder(moment), moment.ToString(TimeFormat, CultureInfo.InvariantCulture));
                lock (_lock) _inUse.Add(folder);
                try
                {
                    if (FolderSystem.TryCreate(folder)) return new SubmissionFolder(folder);
                }
                catch (IOException) when (tries < MostTries - 1 && !Directory.Exists(Path.GetDirectoryName(folder)) && Directory.Exists(FullPath))
                {
                    // The day's folder, empty, was removed in between: once more.
                }

                lock (_lock) _inUse.Remove(folder);
            }

            throw new IOException($"no folder could be made in '{FullPath}'.");
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <summary>The folder of a submission that goes on. <see cref="Leave"/> ends its use.</summary>
    public SubmissionFolder Enter(string folder)
    {
        lock (_lock) _inUse.Add(folder);
        return new SubmissionFolder(folder);
    }

    /// <summary>Nothing more comes into a folder.</summary>
    public void Leave(SubmissionFolder folder)
    {
        lock (_lock) _inUse.Remove(folder.FullPath);
    }

    /// <summary>A name for a message, which no other message of this inbox has: they are often moved into one folder.</summary>
    public string NextMessageName() => NextMoment().ToString("'message-'yyyy-MM-dd-HHmmss.ffffff'.txt'", CultureInfo.InvariantCulture);

    /// <summary>A name for a file that is encrypted, which tells nothing of it, and which no other file of this inbox has.</summary>
    public string NextSealedName() => NextMoment().ToString("yyyy-MM-dd-HHmmss.ffffff'.gpg'", CultureInfo.InvariantCulture);

    /// <summary>The hidden folder in it that keeps what is under way, made if it is not there.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    public string HiddenFolder()
    {
        if (!Directory.Exists(HiddenPath) && FolderSystem.TryCreate(HiddenPath) && OperatingSystem.IsWindows())
            File.SetAttributes(HiddenPath, File.GetAttributes(HiddenPath) | FileAttributes.Hidden);
        return HiddenPath;
    }

    /// <summary>Removes the folders of submissions that the owner has emptied.</summary>
    public void RemoveEmptied()
    {
        if (!Directory.Exists(FullPath)) return;
        foreach (var day in Directory.EnumerateDirectories(FullPath).Where(day => IsNamed(day[..Math.Min(day.Length, FullPath.Length + 1 + DayFormat.Length)], DayFormat)))
        {
            foreach (var folder in Directory.EnumerateDirectories(day).Where(folder => IsNamed(folder, TimeFormat)))
            {
                lock (_lock)
                {
                    if (!_inUse.Contains(folder) && IsEmptied(folder)) SubmissionFolder.TryRemove(folder);
                }
            }

            if (IsEmptied(day)) SubmissionFolder.TryRemove(day);
        }
    }

    /// <summary>What to tell the owner when the disk did not take something.</summary>
    public string Explain(StorageException failure) => Directory.Exists(FullPath)
        ? failure.Message
        : $"the folder '{FullPath}' is not there any more. Make it again, or attach its disk.";

    // A file of that name does not keep the day's submissions out: they go beside it.
    private string DayFolder(DateTime moment)
    {
        var name = moment.ToString(DayFormat, CultureInfo.InvariantCulture);
        for (var number = 1; number < MostTries; number++)
        {
            var day = Path.Combine(FullPath, number == 1 ? name : SafeName.Numbered(name, number));
            if (FolderSystem.TryCreate(day) || !File.Exists(day)) return day;
        }

        throw new IOException($"'{Path.Combine(FullPath, name)}' is a file, where a folder should be.");
    }

    // Within one service no two submissions ask for the same name, so that a crowd does not try each name a hundred times.
    private DateTime NextMoment()
    {
        var now = time.GetLocalNow().DateTime.Ticks / Microsecond;
        lock (_lock) return new DateTime((_last = Math.Max(now, _last + 1)) * Microsecond);
    }

    private static bool IsNamed(string folder, string format) =>
        DateTime.TryParseExact(Path.GetFileName(folder), format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    // Not at once: another service with this inbox may have made it just now.
    private bool IsEmptied(string folder) =>
        time.GetUtcNow().UtcDateTime - Directory.GetLastWriteTimeUtc(folder) > EmptyFor && !Directory.EnumerateFileSystemEntries(folder).Any();

    private void Try()
    {
        var probe = Path.Combine(FullPath, $".onionshare-{Guid.NewGuid():N}");
        if (!FolderSystem.TryCreate(probe)) throw new IOException("a folder in it could not be made");
        try
        {
            using var file = new FileStream(Path.Combine(probe, "probe"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
            file.WriteByte(0);
            file.Flush();
        }
        finally
        {
            Directory.Delete(probe, recursive: true);
        }
    }

    private ProblemException Unusable(string why, Exception? failure = null)
    {
        var problem = new Problem(
            ProblemCodes.PathNotWritable,
            $"The folder '{RemoteText.Show(FullPath)}' can't take what visitors send: {why}.",
            "Name a folder you may write to, on a disk with room.",
            FullPath);
        return new ProblemException(problem, failure);
    }
}

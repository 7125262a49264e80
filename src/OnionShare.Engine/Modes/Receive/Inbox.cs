using System.Globalization;
using OnionShare.Contracts;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The folder that takes the submissions: <c>yyyy-MM-dd/HHmmss.ffffff</c> in local time for each.</summary>
internal sealed class Inbox(string path, TimeProvider time)
{
    private const long Microsecond = TimeSpan.TicksPerMicrosecond;

    private readonly Lock _lock = new();
    private long _last;

    /// <summary>Its absolute path.</summary>
    public string FullPath { get; } = path;

    /// <summary>Bytes this user may still write on its disk.</summary>
    /// <exception cref="StorageException">The disk does not tell.</exception>
    public long FreeSpace()
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(FullPath)! : FullPath).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            return long.MaxValue; // a network path without a drive letter: it does not tell, so the limit can't be kept
        }
        catch (IOException failure)
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
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Unusable(failure.Message.TrimEnd('.'), failure);
        }
    }

    /// <summary>A new folder for a submission. However many are asked for at once, each gets its own.</summary>
    /// <exception cref="StorageException">It can't be made.</exception>
    public SubmissionFolder NewSubmission()
    {
        try
        {
            while (true)
            {
                var moment = new DateTime(NextMoment());
                var day = Path.Combine(FullPath, moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
                FolderSystem.TryCreate(day);
                var folder = Path.Combine(day, moment.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture));
                try
                {
                    if (FolderSystem.TryCreate(folder)) return new SubmissionFolder(folder);
                }
                catch (IOException) when (!Directory.Exists(day) && Directory.Exists(FullPath))
                {
                    // The day's folder, empty, was removed in between: once more.
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(failure as IOException ?? new IOException(failure.Message, failure));
        }
    }

    // Within one service no two submissions ask for the same name, so that a crowd does not try each name a hundred times.
    private long NextMoment()
    {
        var now = time.GetLocalNow().DateTime.Ticks / Microsecond;
        lock (_lock) return (_last = Math.Max(now, _last + 1)) * Microsecond;
    }

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

using System.Text;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Scheduling;

internal static class TaskFile
{
    /// <summary>Writes beside, then renames: a scheduler never reads a half. Only the user can read it.</summary>
    /// <exception cref="ProblemException">It can't be written; what was there is still there.</exception>
    public static void Write(TaskText text)
    {
        var unfinished = text.Path + ".new"; // an ending no scheduler looks for
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(text.Path)!);
            File.Delete(unfinished);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var stream = new FileStream(unfinished, options))
            {
                stream.Write(Encoding.UTF8.GetBytes(text.Content));
                stream.Flush(flushToDisk: true);
            }

            File.Move(unfinished, text.Path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw SchedulerProblem.FileNotWritten(text.Path, failure);
        }
    }

    /// <summary>Deletes files; those that are gone already are no matter.</summary>
    /// <exception cref="ProblemException">One can't be deleted.</exception>
    public static void Delete(IEnumerable<string> files, string scheduler)
    {
        foreach (var file in files)
        {
            try
            {
                File.Delete(file);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw SchedulerProblem.Refused(scheduler, $"lose '{Path.GetFileName(file)}'", failure.Message, $"Delete {file} yourself.", failure);
            }
        }
    }
}

using System.Text;

namespace OnionShare.Cmdlets.Scheduling;

internal static class TaskFile
{
    /// <summary>Writes beside, then renames: a scheduler never reads a half. Only the user can read it.</summary>
    /// <exception cref="ProblemException">It can't be written; what was there is still there.</exception>
    public static void Write(TaskText text)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(text.Path)!);
            UserOnlyFile.Write(text.Path, Encoding.UTF8.GetBytes(text.Content)); // beside, with an ending no scheduler looks for
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

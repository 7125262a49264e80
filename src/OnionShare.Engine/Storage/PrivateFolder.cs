using System.Runtime.Versioning;
using OnionShare.Contracts;

namespace OnionShare.Engine.Storage;

/// <summary>Folders and files that only this user can enter.</summary>
public static class PrivateFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// Creates the folder, user-only (0700; on Windows it inherits the user profile's access), or makes an existing one so. Folders above it that
    /// are missing are created user-only too; those that exist stay as they are.
    /// </summary>
    /// <exception cref="ProblemException">It belongs to somebody else, is a link, or can't be made.</exception>
    public static void Ensure(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
                return;
            }

            CreateMissing(path);
            if (new DirectoryInfo(path).LinkTarget is not null)
                throw new IOException("it is a link");
            // Even if the mode is right already: only the owner may set it, so a folder that somebody else laid there is found out.
            File.SetUnixFileMode(path, FolderMode);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.StateFolder, $"The folder '{RemoteText.Show(path)}' can't be used: {failure.Message}.",
                $"Make it yours alone, or set {StatePaths.HomeVariable} to a folder you own.", path, cause: failure);
        }
    }

    /// <summary>Makes a file that only this user can read, in place of one that is there. It is written without a buffer.</summary>
    internal static FileStream CreateFile(string path)
    {
        // Never written through a link or into a file with other permissions that somebody left there.
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(path, options);
    }

    /// <summary>Creates the folder and those above it, as far as they are missing, each user-only.</summary>
    [UnsupportedOSPlatform("windows")]
    internal static void CreateMissing(string path)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent) CreateMissing(parent);
        Directory.CreateDirectory(path, FolderMode);
    }
}

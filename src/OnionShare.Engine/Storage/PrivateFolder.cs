using System.Runtime.Versioning;

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
            Make(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.StateFolder, $"The folder '{RemoteText.Show(path)}' can't be used: {failure.Message}.",
                $"Make it yours alone, or set {StatePaths.HomeVariable} to a folder you own.", path, cause: failure);
        }
    }

    /// <summary><see cref="Ensure"/> for those who have words of their own for what goes wrong.</summary>
    /// <exception cref="IOException">It is a link, belongs to somebody else, or can't be made.</exception>
    internal static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        CreateMissing(path);
        if (new DirectoryInfo(path).LinkTarget is not null)
            throw new IOException("it is a link");
        // Root may set the mode of anybody's folder, so that it could be set proves nothing.
        if (FileIdentity.Of(path) is { IsOwn: false, Owner: var owner }) throw new IOException($"it belongs to another user (id {owner})");
        File.SetUnixFileMode(path, FolderMode);
    }

    /// <summary>Creates the folder and those above it, as far as they are missing, each user-only.</summary>
    [UnsupportedOSPlatform("windows")]
    private static void CreateMissing(string path)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(path) is { Length: > 0 } parent) CreateMissing(parent);
        Directory.CreateDirectory(path, FolderMode);
    }
}

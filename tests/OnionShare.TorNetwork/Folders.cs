using System.Security.Cryptography;

namespace OnionShare.TorNetwork;

/// <summary>Folders no other user can look into.</summary>
internal static class Folders
{
    public static string CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>A new one whose name nobody can guess.</summary>
    public static string CreateRandom(string? parent) =>
        CreatePrivate(Path.Combine(parent ?? Path.GetTempPath(), "onionshare-tornet-" + RandomNumberGenerator.GetHexString(32, lowercase: true)));

    public static void Delete(string path)
    {
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
    }
}

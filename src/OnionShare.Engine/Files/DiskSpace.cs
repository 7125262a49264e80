namespace OnionShare.Engine.Files;

internal static class DiskSpace
{
    /// <summary>Bytes this user may still write on the disk of a folder; <see cref="long.MaxValue"/> where the disk does not tell: at a network path without a drive letter.</summary>
    /// <param name="folder">An absolute path.</param>
    /// <exception cref="IOException">It can't be asked.</exception>
    public static long Free(string folder)
    {
        try
        {
            return new DriveInfo(OperatingSystem.IsWindows() ? Path.GetPathRoot(folder)! : folder).AvailableFreeSpace;
        }
        catch (ArgumentException)
        {
            return long.MaxValue;
        }
    }
}

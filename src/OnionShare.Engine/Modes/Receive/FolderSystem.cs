using System.Runtime.InteropServices;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>What the base class library does not do with folders: make one only if it is new.</summary>
internal static class FolderSystem
{
    private const int UnixExists = 17, WindowsExists = 183; // EEXIST, ERROR_ALREADY_EXISTS
    private const uint UserOnly = 0x1C0; // 0700

    /// <summary>Makes a folder only this user can enter; false when something of that name is there. Atomic, also between processes.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    public static bool TryCreate(string path)
    {
        var made = OperatingSystem.IsWindows() ? CreateDirectory(Path.GetFullPath(path), 0) : MakeDirectory(path, UserOnly) == 0;
        if (made) return true;
        var error = Marshal.GetLastPInvokeError();
        if (error == (OperatingSystem.IsWindows() ? WindowsExists : UnixExists)) return false;
        throw new IOException(Marshal.GetPInvokeErrorMessage(error), OperatingSystem.IsWindows() ? unchecked((int)0x80070000) | error : error);
    }

    [DllImport("libc", EntryPoint = "mkdir", SetLastError = true)]
    private static extern int MakeDirectory([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint mode);

    [DllImport("kernel32", EntryPoint = "CreateDirectoryW", SetLastError = true, CharSet = CharSet.Unicode)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool CreateDirectory(string path, nint security);
}

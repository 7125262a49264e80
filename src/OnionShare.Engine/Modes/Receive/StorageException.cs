namespace OnionShare.Engine.Modes.Receive;

/// <summary>The disk did not take what was written.</summary>
internal sealed class StorageException(Exception failure) : Exception(failure.Message, failure)
{
    private const int NoSpace = 28, QuotaExceeded = 122, QuotaExceededMac = 69; // ENOSPC, EDQUOT
    private const int WindowsDiskFull = 112, WindowsHandleDiskFull = 39; // ERROR_DISK_FULL, ERROR_HANDLE_DISK_FULL

    /// <summary>Whether there is no room left.</summary>
    public bool IsFull { get; } = OperatingSystem.IsWindows()
        ? (failure.HResult & 0xFFFF) is WindowsDiskFull or WindowsHandleDiskFull
        : failure.HResult is NoSpace or QuotaExceeded or QuotaExceededMac;

    /// <summary>What the visitor is told: no room, or that it could not be saved.</summary>
    public UploadRefusedException Refusal => IsFull ? UploadRefusedException.NoRoom() : UploadRefusedException.DiskFailed();

    /// <summary>Whether a failure is one of the disk.</summary>
    public static bool Is(Exception failure) => failure is IOException or UnauthorizedAccessException;
}

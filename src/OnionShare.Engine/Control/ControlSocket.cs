using System.Diagnostics.CodeAnalysis;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Control;

/// <summary>
/// The place of the engine: a lock in the state folder, which makes it the only engine of that state, and a unix socket in a user-only folder or a named
/// pipe. A socket file that lies there while nobody has the lock was left by an engine that was killed; a pipe leaves nothing behind.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    private readonly string _lockPath;
    private FileStream _lock;
    private FileIdentity? _bound;

    private ControlSocket(string lockPath, string path, FileStream lockFile)
    {
        _lockPath = lockPath;
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    /// <summary>
    /// Whether sessions can't find the engine any more: its lock or its socket was deleted, or replaced, such as with the folder they were in. On
    /// Windows neither can be.
    /// </summary>
    public bool IsLost => !OperatingSystem.IsWindows() && (!HasLock || FileIdentity.Of(Path) != _bound);

    private bool HasLock => OperatingSystem.IsWindows() || FileIdentity.Of(_lockPath) == FileIdentity.Of(_lock.SafeFileHandle);

    /// <summary>Takes the place, unless another engine has it.</summary>
    /// <exception cref="ProblemException">A folder, or the lock, can't be used.</exception>
    public static bool TryTake(string stateFolder, [NotNullWhen(true)] out ControlSocket? socket)
    {
        var (lockPath, path) = (StatePaths.LockFile(stateFolder), StatePaths.Socket(stateFolder));
        socket = TryLock(lockPath, path) is { } lockFile ? new ControlSocket(lockPath, path, lockFile) : null;
        return socket is not null;
    }

    /// <summary>Takes the place anew after it was lost; false when another engine has taken it meanwhile.</summary>
    /// <exception cref="ProblemException">A folder, or the lock, can't be used.</exception>
    public bool TryRegain()
    {
        if (HasLock)
        {
            MakeRoom(Path);
            return true;
        }

        if (TryLock(_lockPath, Path) is not { } lockFile) return false;
        _lock.Dispose();
        _lock = lockFile;
        return true;
    }

    /// <summary>The engine listens: from now on that socket file is the one.</summary>
    public void Bound()
    {
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(Path, UserOnlyFile.Mode);
        _bound = FileIdentity.Of(Path);
    }

    /// <summary>Removes the socket file, unless it is another's, then lets go of the place.</summary>
    public void Dispose()
    {
        if (_lock.SafeFileHandle.IsClosed) return;
        if (HasLock) RemoveFile();
        _lock.Dispose();
    }

    private void RemoveFile()
    {
        if (EngineEndpoint.PipeName(Path) is not null) return;
        if (File.Exists(Path)) File.Delete(Path);
        // A folder that is there for the socket alone.
        var folder = new DirectoryInfo(System.IO.Path.GetDirectoryName(Path)!);
        if (folder.Exists && folder.FullName != System.IO.Path.GetDirectoryName(_lockPath) && !folder.EnumerateFileSystemInfos().Any()) folder.Delete();
    }

    private static FileStream? TryLock(string lockPath, string path)
    {
        var folder = System.IO.Path.GetDirectoryName(lockPath)!;
        PrivateFolder.Ensure(folder);
        FileStream? lockFile = null;
        try
        {
            lockFile = UserOnlyFile.Hold(lockPath);
            MakeRoom(path);
            return lockFile;
        }
        catch (IOException failure) when (lockFile is null && IsHeld(failure))
        {
            return null;
        }
        catch (Exception failure)
        {
            lockFile?.Dispose();
            if (failure is not (IOException or UnauthorizedAccessException)) throw;
            throw new ProblemException(
                ProblemCodes.StateFolder, $"The folder '{RemoteText.Show(folder)}' can't be used: {failure.Message}",
                $"Make it yours alone, or set {StatePaths.HomeVariable} to a folder you own.", folder, failure);
        }
    }

    private static void MakeRoom(string path)
    {
        if (EngineEndpoint.PipeName(path) is not null) return;
        PrivateFolder.Ensure(System.IO.Path.GetDirectoryName(path)!);
        File.Delete(path);
    }

    // Windows says ERROR_SHARING_VIOLATION; flock(2) says EWOULDBLOCK, 11 on Linux and 35 on macOS. Anything else, such as a full disk, is no
    // sign of another engine.
    private static bool IsHeld(IOException failure) =>
        (failure.HResult & 0xFFFF) is var code && (OperatingSystem.IsWindows() ? code == 32 : code == (OperatingSystem.IsMacOS() ? 35 : 11));
}

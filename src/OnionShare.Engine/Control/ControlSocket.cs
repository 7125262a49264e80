using System.Diagnostics.CodeAnalysis;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Control;

/// <summary>
/// The place the engine listens at, and a lock in a user-only folder. Whoever holds the lock is the engine; a socket file that lies
/// there without a holder was left by one that was killed. A pipe leaves nothing behind.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    private readonly FileStream _lock;

    private ControlSocket(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    public string Path { get; }

    /// <summary>Takes the place, unless another engine has it.</summary>
    /// <exception cref="ProblemException">The folder, or the lock in it, can't be used.</exception>
    public static bool TryTake(string path, [NotNullWhen(true)] out ControlSocket? socket)
    {
        var folder = StatePaths.RunFolder(path);
        PrivateFolder.Ensure(folder);
        socket = null;
        try
        {
            var lockFile = UserOnlyFile.Hold(System.IO.Path.Combine(folder, "engine.lock"));
            socket = new ControlSocket(path, lockFile);
            socket.RemoveFile();
            return true;
        }
        catch (IOException failure) when (IsHeld(failure))
        {
            return false;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.StateFolder, $"The folder '{RemoteText.Show(folder)}' can't be used: {failure.Message}",
                $"Make it yours alone, or set {StatePaths.HomeVariable} to a folder you own.", folder, cause: failure);
        }
    }

    public void Dispose()
    {
        RemoveFile();
        _lock.Dispose();
    }

    private void RemoveFile()
    {
        if (EngineEndpoint.PipeName(Path) is null) File.Delete(Path);
    }

    // Windows says ERROR_SHARING_VIOLATION; flock(2) says EWOULDBLOCK, 11 on Linux and 35 on macOS. Anything else, such as a full disk, is no
    // sign of another engine.
    private static bool IsHeld(IOException failure) =>
        (failure.HResult & 0xFFFF) is var code && (OperatingSystem.IsWindows() ? code == 32 : code == (OperatingSystem.IsMacOS() ? 35 : 11));
}

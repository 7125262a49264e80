using System.Diagnostics.CodeAnalysis;
using OnionShare.Engine.State;

namespace OnionShare.Engine.Control;

/// <summary>
/// The place of the engine's unix socket: a user-only folder and a lock in it. Whoever holds the lock is the engine; a socket file that lies
/// there without a holder was left by one that was killed.
/// </summary>
public sealed class ControlSocket : IDisposable
{
    private readonly FileStream _lock;

    private ControlSocket(string path, FileStream lockFile)
    {
        Path = path;
        _lock = lockFile;
    }

    /// <summary>The socket's path.</summary>
    public string Path { get; }

    /// <summary>Takes the place, unless another engine has it.</summary>
    /// <exception cref="ProblemException">The folder can't be used.</exception>
    public static bool TryTake(string path, [NotNullWhen(true)] out ControlSocket? socket)
    {
        var folder = System.IO.Path.GetDirectoryName(path)!;
        PrivateFolder.Ensure(folder);
        socket = null;
        try
        {
            var lockFile = new FileStream(
                System.IO.Path.Combine(folder, "engine.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.Delete(path);
            socket = new ControlSocket(path, lockFile);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Removes the socket file, then lets go of the place.</summary>
    public void Dispose()
    {
        File.Delete(Path);
        _lock.Dispose();
    }
}

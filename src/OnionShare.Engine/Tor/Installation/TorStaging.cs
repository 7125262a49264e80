using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>A place for a tor that is being installed. Disposal removes what was not kept; what a crash left is removed by the next one.</summary>
internal sealed class TorStaging : IDisposable
{
    private const string LockName = "install.lock";

    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly ILogger _logger;

    private TorStaging(string folder, FileStream held, ILogger logger)
    {
        (_folder, _lock, _logger) = (folder, held, logger);
        Path = System.IO.Path.Combine(folder, "new");
        try
        {
            RemoveNew();
            PrivateFolder.Ensure(Path);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>A new, empty folder that only this user can enter.</summary>
    public string Path { get; }

    /// <summary>Makes room for a new one in that folder. Only one is installed at a time, by all engines that share the state folder.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InstallFailed"/>: another one is being installed; or the folder can't be used.</exception>
    public static TorStaging Begin(string folder, ILogger logger)
    {
        PrivateFolder.Ensure(folder);
        return new TorStaging(folder, Lock(folder), logger);
    }

    private static FileStream Lock(string folder)
    {
        var path = System.IO.Path.Combine(folder, LockName);
        var options = UserOnlyFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        options.Options = FileOptions.DeleteOnClose;
        try
        {
            return new FileStream(path, options);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException && File.Exists(path))
        {
            throw new ProblemException(
                new Problem(ProblemCodes.InstallFailed, "Another tor is being installed.", "Wait until that has ended.", folder)
                { Status = StatusCodes.Status409Conflict },
                e);
        }
    }

    /// <summary>Keeps what is in the folder, as the tor in use.</summary>
    /// <param name="name">What its folder is to be called.</param>
    /// <param name="installation">What is told of it; its path is one in <see cref="Path"/>.</param>
    /// <param name="inUse">Paths of programs that may be in use: of the others the folders are removed.</param>
    /// <returns>The installation with the path where it is now.</returns>
    public TorInstallation Keep(string name, TorInstallation installation, IReadOnlyList<string?> inUse)
    {
        // Never over another one, which may be running.
        var target = System.IO.Path.Combine(_folder, name);
        for (var number = 2; Directory.Exists(target); number++)
            target = System.IO.Path.Combine(_folder, $"{name}-{number}");
        Directory.Move(Path, target);
        var kept = installation with { Path = System.IO.Path.Combine(target, System.IO.Path.GetRelativePath(Path, installation.Path)) };
        try
        {
            InstalledTor.Use(_folder, kept);
        }
        catch
        {
            Directory.Delete(target, recursive: true);
            throw;
        }

        foreach (var old in Directory.EnumerateDirectories(_folder).Where(old => old != target && !inUse.Any(path => IsIn(path, old))).ToList())
            Remove(old);
        return kept;
    }

    public void Dispose()
    {
        RemoveNew();
        _lock.Dispose();
        try
        {
            if (!Directory.EnumerateFileSystemEntries(_folder).Any())
                Directory.Delete(_folder);
        }
        catch (IOException e)
        {
            _logger.LogDebug(e, "{Folder} is in use", _folder);
        }
    }

    private static bool IsIn(string? path, string folder) =>
        path is not null && path.StartsWith(folder + System.IO.Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private void RemoveNew()
    {
        if (Directory.Exists(Path))
            Directory.Delete(Path, recursive: true);
    }

    private void Remove(string old)
    {
        try
        {
            Directory.Delete(old, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Windows lets go of a program's file only when it has ended; the next installation tries again.
            _logger.LogInformation(e, "{Folder}, a tor of an earlier installation, is still in use", old);
        }
    }
}

using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>
/// tor's data folder, <c>tor</c> in the state folder. It is kept from run to run, so that tor stays with its guards. An engine that
/// runs beside another one gets <c>tor-2</c>, <c>tor-3</c> and so on.
/// </summary>
internal sealed class TorDataFolder : IDisposable
{
    private const int Most = 64;
    private const string LockName = "engine.lock";
    private const string OnionsName = "onions";
    private readonly FileStream _lock;

    private TorDataFolder(string path, FileStream held)
    {
        Path = path;
        _lock = held;
    }

    public string Path { get; }

    /// <summary>Takes the first data folder that no other engine holds, and makes it when it is not there.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotStarted"/>: the folder can't be made or used.</exception>
    public static TorDataFolder Take(string stateFolder)
    {
        try
        {
            for (var number = 1; ; number++)
            {
                var path = System.IO.Path.Combine(System.IO.Path.GetFullPath(stateFolder), number == 1 ? "tor" : $"tor-{number}");
                PrivateFolder.Make(path);
                if (Lock(System.IO.Path.Combine(path, LockName), number < Most) is { } held)
                {
                    DeleteLeftovers(System.IO.Path.GetFullPath(stateFolder), path);
                    return new TorDataFolder(path, held);
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.TorNotStarted, $"The folder for tor's data can't be used: {e.Message}",
                $"Make {stateFolder} writable, or set {StatePaths.HomeVariable} to a folder that is.", stateFolder, cause: e);
        }
    }

    /// <summary>The folder for the folders of onion services (tor(1), HiddenServiceDir), which hold keys.</summary>
    public string Onions => File(OnionsName);

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => _lock.Dispose();

    // An engine that was killed could not delete the keys of its onions: whichever comes next does, also for one that used another folder.
    private static void DeleteLeftovers(string stateFolder, string taken)
    {
        foreach (var path in Directory.EnumerateDirectories(stateFolder, "tor-*").Append(taken))
        {
            var onions = System.IO.Path.Combine(path, OnionsName);
            if (!Directory.Exists(onions)) continue;
            using var held = path == taken ? null : Lock(System.IO.Path.Combine(path, LockName), another: true);
            if (held is not null || path == taken) Directory.Delete(onions, recursive: true);
        }
    }

    private static FileStream? Lock(string path, bool another)
    {
        try
        {
            return UserOnlyFile.Hold(path);
        }
        catch (IOException) when (another && System.IO.File.Exists(path))
        {
            return null;
        }
    }
}

using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>Where the engine of this user keeps its state and its socket. Both processes ask here, so that they meet.</summary>
public static class StatePaths
{
    /// <summary>The environment variable that moves the state folder.</summary>
    public const string HomeVariable = "ONIONSHARE_HOME";

    // sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
    private const int LongestSocketPath = 103;

    /// <summary>The state folder: <c>ONIONSHARE_HOME</c>, else <c>OnionShare.PowerShell</c> in the user's data folder.</summary>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.StateFolder"/>: it is no absolute path. The shell and the engine, whose working folders differ, would each take it for
    /// another folder.
    /// </exception>
    public static string StateFolder()
    {
        var home = Environment.GetEnvironmentVariable(HomeVariable);
        if (string.IsNullOrWhiteSpace(home))
        {
            var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return Path.IsPathFullyQualified(data)
                ? Path.Combine(data, "OnionShare.PowerShell")
                : throw new ProblemException(
                    ProblemCodes.StateFolder, "There is no folder to keep the state in: your home folder is not known.",
                    $"Set HOME, or set {HomeVariable} to a folder you own.");
        }

        return Path.IsPathFullyQualified(home)
            ? Path.GetFullPath(home)
            : throw new ProblemException(
                ProblemCodes.StateFolder, $"{HomeVariable} is '{RemoteText.Show(home)}', which is no absolute path.",
                "Set it to the whole path of a folder, from the root on.", home);
    }

    /// <summary>The folder of the saved services, below the state folder; it is there once one was saved.</summary>
    public static string SavedFolder(string? stateFolder = null) => Path.Combine(stateFolder ?? StateFolder(), "services");

    /// <summary>The file of the kept transfers, in the state folder; it is there once a service kept one.</summary>
    public static string HistoryFile(string? stateFolder = null) => Path.Combine(stateFolder ?? StateFolder(), "history.jsonl");

    /// <summary>The file of tor's settings, in the state folder; it is there once one of them was set.</summary>
    public static string TorSettingsFile(string? stateFolder = null) => Path.Combine(stateFolder ?? StateFolder(), "tor.json");

    /// <summary>
    /// The file that the engine of a state folder keeps locked. It is always in that folder, wherever the socket is: who shares the state shares
    /// the engine.
    /// </summary>
    public static string LockFile(string? stateFolder = null) => Path.Combine(stateFolder ?? StateFolder(), "run", "engine.lock");

    /// <summary>
    /// Where the engine listens (<see cref="EngineEndpoint"/>). On Windows a pipe named after the state folder, so that two of them do not meet.
    /// Elsewhere a unix socket: <c>run/engine.sock</c> below the state folder, or, where that is too long for a socket, in a folder of <c>/tmp</c> with
    /// a hashed name. Not in <c>XDG_RUNTIME_DIR</c>: that is another one, or none, for cron, sudo and services, and goes away at a logout, while an
    /// engine stays. The folder must be created user-only before the socket is.
    /// </summary>
    public static string Socket(string? stateFolder = null)
    {
        if (OperatingSystem.IsWindows()) return Pipe(stateFolder ?? StateFolder());
        var path = Path.Combine(stateFolder ?? StateFolder(), "run", "engine.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestSocketPath ? path : ShortSocket(path);
    }

    /// <summary>The path of the named pipe of a state folder, however its name is written.</summary>
    public static string Pipe(string stateFolder) =>
        EngineEndpoint.OfPipe("onionshare-ps-" + Hash(Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateFolder)).ToUpperInvariant()));

    // TMPDIR may be another one in each session; /tmp is there for all.
    private static string ShortSocket(string path) => $"/tmp/onionshare-ps-{Hash(path)}/engine.sock";

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 8).ToLowerInvariant();
}

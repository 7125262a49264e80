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
    public static string StateFolder()
    {
        var home = Environment.GetEnvironmentVariable(HomeVariable);
        return string.IsNullOrWhiteSpace(home)
            ? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify),
                "OnionShare.PowerShell")
            : Path.GetFullPath(home);
    }

    /// <summary>The folder of the saved services, below the state folder; it is there once one was saved.</summary>
    public static string SavedFolder(string? stateFolder = null) => Path.Combine(stateFolder ?? StateFolder(), "services");

    /// <summary>The file of tor's settings, in the state folder; it is there once one of them was set.</summary>
    public static string TorSettingsFile(string? stateFolder = null) => Path.Combine(stateFolder ?? StateFolder(), "tor.json");

    /// <summary>
    /// Where the engine listens (<see cref="EngineEndpoint"/>). On Windows a pipe named after the state folder, so that two of them do not meet.
    /// Elsewhere a unix socket: <c>$XDG_RUNTIME_DIR/onionshare-ps/engine.sock</c>, or <c>run/engine.sock</c> below the state folder
    /// (always there when <c>ONIONSHARE_HOME</c> is set), or, where that is too long for a socket, a hashed name in the temp folder.
    /// The folder must be created user-only before the socket is.
    /// </summary>
    public static string Socket()
    {
        if (OperatingSystem.IsWindows()) return Pipe(StateFolder());
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var moved = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(HomeVariable));
        var path = !moved && Path.IsPathFullyQualified(runtime ?? "") && Directory.Exists(runtime)
            ? Path.Combine(runtime!, "onionshare-ps", "engine.sock")
            : Path.Combine(StateFolder(), "run", "engine.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestSocketPath ? path : ShortSocket(path);
    }

    /// <summary>The path of the named pipe of a state folder, however its name is written.</summary>
    public static string Pipe(string stateFolder) =>
        EngineEndpoint.OfPipe("onionshare-ps-" + Hash(Path.TrimEndingDirectorySeparator(Path.GetFullPath(stateFolder)).ToUpperInvariant()));

    /// <summary>The user-only folder of the engine's lock, and of its socket.</summary>
    public static string RunFolder(string address) =>
        EngineEndpoint.PipeName(address) is null ? Path.GetDirectoryName(address)! : Path.Combine(StateFolder(), "run");

    private static string ShortSocket(string path) => Path.Combine(Path.GetTempPath(), $"onionshare-ps-{Hash(path)}", "engine.sock");

    private static string Hash(string text) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 8).ToLowerInvariant();
}

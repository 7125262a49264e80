using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Contracts;

/// <summary>Where the engine of this user keeps its state and its socket. Both processes ask here, so that they meet.</summary>
public static class StatePaths
{
    /// <summary>The environment variable that moves the state folder.</summary>
    public const string HomeVariable = "ONIONSHARE_HOME";

    // sun_path holds 108 bytes on Linux, 104 on macOS and 108 on Windows, the closing NUL included.
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
    /// The engine's unix socket: <c>$XDG_RUNTIME_DIR/onionshare-ps/engine.sock</c>, or <c>run/engine.sock</c> below the state folder
    /// (always there when <c>ONIONSHARE_HOME</c> is set), or, where that is too long for a socket, a hashed name in the temp folder.
    /// The folder must be created user-only before the socket is.
    /// </summary>
    public static string Socket()
    {
        var runtime = Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR");
        var moved = !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(HomeVariable));
        var path = !moved && Path.IsPathFullyQualified(runtime ?? "") && Directory.Exists(runtime)
            ? Path.Combine(runtime!, "onionshare-ps", "engine.sock")
            : Path.Combine(StateFolder(), "run", "engine.sock");
        return Encoding.UTF8.GetByteCount(path) <= LongestSocketPath ? path : ShortSocket(path);
    }

    private static string ShortSocket(string path)
    {
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(path)), 0, 8).ToLowerInvariant();
        return Path.Combine(Path.GetTempPath(), $"onionshare-ps-{hash}", "engine.sock");
    }
}

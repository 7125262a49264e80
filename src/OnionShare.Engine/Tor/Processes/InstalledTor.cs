using System.Text.Json;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>
/// The tor that was installed, in <c>tor-program</c> in the state folder: a folder for each installation, and <c>current.json</c>, which says which
/// one is in use. That file is renamed over the old one when all else is in its place, so there is the old tor or the new one, whole. The one before
/// stays until the next is installed: it may still be running.
/// </summary>
internal sealed class InstalledTor(string stateFolder)
{
    private const string CurrentName = "current.json";

    public string Folder { get; } = Path.Combine(Path.GetFullPath(stateFolder), "tor-program");

    /// <summary>What is installed; null when there is nothing.</summary>
    public TorInstallation? Find()
    {
        try
        {
            if (new StoreDisk().Read(Path.Combine(Folder, CurrentName)) is not { } json
                || JsonSerializer.Deserialize(json, ContractsJson.Default.TorInstallation) is not { } kept)
            {
                return null;
            }

            // Kept as a relative path, so that the state folder can be moved.
            var path = Path.GetFullPath(Path.Combine(Folder, kept.Path));
            return File.Exists(path) ? kept with { Path = path } : null;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            // As good as none: installing again puts it right.
            return null;
        }
    }

    internal static void Use(string folder, TorInstallation installation)
    {
        var kept = installation with { Path = Path.GetRelativePath(folder, installation.Path).Replace('\\', '/') };
        UserOnlyFile.Write(Path.Combine(folder, CurrentName), JsonSerializer.SerializeToUtf8Bytes(kept, ContractsJson.Default.TorInstallation));
    }
}

using System.Security.Cryptography;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Tor's settings on the disk: one file in the state folder that only this user can read.</summary>
internal sealed class TorSettingsStore(string stateFolder, IStoreDisk disk)
{
    private readonly string _path = StatePaths.TorSettingsFile(stateFolder);

    /// <summary>What is kept; the defaults when nothing ever was.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>: there is a file, but it can't be read or is damaged.</exception>
    public TorSettingsRecord Read()
    {
        try
        {
            return disk.Read(_path) is { } json ? TorSettingsDocument.Read(json) : new TorSettingsRecord(new TorSettings(), null);
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            // The defaults instead would connect without the bridges or the proxy that somebody relies on.
            throw new ProblemException(
                new Problem(
                    ProblemCodes.TorSettings, $"Tor's settings can't be read from '{RemoteText.Show(_path)}': {failure.Message}.",
                    "Put it right, or delete the file and set them anew (Set-OnionTor): without it everything is at its default.", _path)
                { Status = 500 },
                failure);
        }
    }

    /// <summary>Removes what an engine that was killed left half-written.</summary>
    /// <exception cref="IOException">It can't be removed.</exception>
    public void Clean() => disk.Delete(_path + UserOnlyFile.Unfinished);

    /// <summary>Keeps a record in place of the one before. When it returns a power cut does not undo it.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.StateFolder"/>: the old one, if there was one, is still there.</exception>
    public void Write(TorSettingsRecord record)
    {
        try
        {
            var content = TorSettingsDocument.Write(record);
            disk.MakeFolder(stateFolder);
            disk.Save(_path, content);
            CryptographicOperations.ZeroMemory(content);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.StateFolder, $"Tor's settings can't be written to '{RemoteText.Show(_path)}': {failure.Message}.",
                "Check the disk's free space and that the folder is yours.", _path, cause: failure);
        }
    }
}

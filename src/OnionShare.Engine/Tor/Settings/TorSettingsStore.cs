using System.Security.Cryptography;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Tor's settings as they are now, kept in one file in the state folder that only this user can read; read when they are first asked for.</summary>
internal sealed class TorSettingsStore(string stateFolder, IStoreDisk disk)
{
    private readonly string _path = StatePaths.TorSettingsFile(stateFolder);
    private readonly Lock _lock = new();
    private TorSettingsRecord? _record;

    /// <summary>The present ones, secrets included.</summary>
    /// <exception cref="ProblemException">They can't be read. It is tried again the next time.</exception>
    public TorSettings Current
    {
        get { lock (_lock) return Record().Settings; }
    }

    /// <summary>The last ones that connected; null when none did so far.</summary>
    /// <exception cref="ProblemException">They can't be read.</exception>
    public TorSettings? LastConnected
    {
        get { lock (_lock) return Record().LastConnected; }
    }

    /// <summary>Changes the present ones, and saves them.</summary>
    /// <param name="change">Makes the new ones out of the old; when it throws nothing is changed.</param>
    /// <returns>The new ones.</returns>
    /// <exception cref="ProblemException">They can't be read or written; nothing was changed.</exception>
    public TorSettings Change(Func<TorSettings, TorSettings> change)
    {
        lock (_lock)
        {
            var record = Record();
            Save(record with { Settings = change(record.Settings) });
            return _record!.Settings;
        }
    }

    /// <exception cref="ProblemException">They can't be read or written.</exception>
    public void Connected(TorSettings settings)
    {
        lock (_lock)
        {
            var record = Record();
            if (record.LastConnected is not { } last || !last.IsSame(settings)) Save(record with { LastConnected = settings });
        }
    }

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

    private TorSettingsRecord Record() => _record ??= Read();

    private void Save(TorSettingsRecord record)
    {
        Write(record);
        _record = record;
    }
}

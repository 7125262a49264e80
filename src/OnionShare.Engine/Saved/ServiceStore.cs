using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Saved;

/// <summary>
/// The saved services on the disk: a file each, in a folder only this user can enter. Used by one engine at a
/// time.
/// </summary>
internal sealed class ServiceStore(string stateFolder, IStoreDisk disk)
{
    private const string Extension = ".json";

    // An empty file beside the record of a service that is to come back. Taking a file away needs no room: a stop can be noted on a full disk, too.
    private const string Mark = ".up";

    // Beside the record of a service: how far its visitors are.
    private const string Progress = ".progress";

    private readonly string _folder = StatePaths.SavedFolder(stateFolder);

    /// <summary>Held while a record is read, changed and written.</summary>
    public Lock Changing { get; } = new();

    /// <summary>All of them, by name; a file that can't be read comes as its name and why.</summary>
    public IReadOnlyList<(string Name, SavedRecord? Record, Problem? Error)> ReadAll()
    {
        return Try("read", () =>
        {
            var all = new List<(string, SavedRecord?, Problem?)>();
            foreach (var file in disk.Names(_folder).Where(name => name.EndsWith(Extension, StringComparison.Ordinal)))
            {
                try
                {
                    if (Read(Path.Combine(_folder, file)) is { } record) all.Add((record.Name, record, null));
                }
                catch (ProblemException failure)
                {
                    all.Add((file, null, failure.Problem));
                }
            }

            return (IReadOnlyList<(string Name, SavedRecord?, Problem?)>)[.. all.OrderBy(one => one.Item1, StringComparer.OrdinalIgnoreCase)];
        });
    }

    /// <summary>One of them; null when there is none of that name.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public SavedRecord? Find(string name) => Try("read", () => Read(PathOf(name)));

    /// <summary>Keeps a record, in place of one of the same name. When it returns a power cut does not undo it.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>: the old one, if there was one, is still there.</exception>
    public void Write(SavedRecord record) => Try("written", () =>
    {
        var path = PathOf(record.Name);
        var content = SavedDocument.Write(record, protect: true);
        disk.MakeFolder(stateFolder);
        disk.MakeFolder(_folder);
        if (record.ComesBack is null) Unmark(path);
        disk.Save(path, content);
        if (record.ComesBack is not null && !IsMarked(path))
        {
            disk.Write(path + Mark, []);
            disk.FlushFolder(_folder);
        }

        CryptographicOperations.ZeroMemory(content);
        return true;
    });

    /// <summary>Forgets a record, or a file that can't be read, by its name; false if there is none.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public bool Delete(string name) => Try("deleted", () =>
    {
        var names = disk.Names(_folder);
        var file = new[] { Path.GetFileName(PathOf(name)), name }.FirstOrDefault(names.Contains);
        if (file is null || !file.EndsWith(Extension, StringComparison.Ordinal)) return false;
        Unmark(Path.Combine(_folder, file));
        disk.Delete(Path.Combine(_folder, file) + Progress);
        disk.Delete(Path.Combine(_folder, file));
        disk.FlushFolder(_folder);
        return true;
    });

    /// <summary>Notes that a service is not to come back; needs no room on the disk.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>: it comes back.</exception>
    public void StayDown(string name) => Try("changed", () =>
    {
        Unmark(PathOf(name));
        return true;
    });

    /// <summary>How far the visitors of a service were; null when nothing is known.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public string? ReadProgress(string name) =>
        Try("read", () => disk.Read(PathOf(name) + Progress) is { } text ? Encoding.UTF8.GetString(text) : null);

    /// <summary>Keeps how far the visitors of a saved service are; null forgets it. A power cut may undo the latest.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public void WriteProgress(string name, string? progress) => Try("changed", () =>
    {
        var path = PathOf(name) + Progress;
        if (progress is null)
        {
            disk.Delete(path);
            return true;
        }

        disk.Write(path + UserOnlyFile.Unfinished, Encoding.UTF8.GetBytes(progress));
        disk.Replace(path + UserOnlyFile.Unfinished, path);
        return true;
    });

    /// <summary>Removes what a power cut left half-written.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.SavedUnusable"/>.</exception>
    public void Clean() => Try("read", () =>
    {
        foreach (var file in disk.Names(_folder).Where(name => name.EndsWith(UserOnlyFile.Unfinished, StringComparison.Ordinal)))
            disk.Delete(Path.Combine(_folder, file));
        return true;
    });

    // Any name is allowed, and no name may become a path: the file is called by the name's hash.
    private string PathOf(string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(ComposedText.Of(name).ToUpperInvariant()));
        return Path.Combine(_folder, Convert.ToHexStringLower(hash.AsSpan(0, 16)) + Extension);
    }

    private SavedRecord? Read(string path)
    {
        try
        {
            if (disk.Read(path) is not { } json) return null;
            var record = SavedDocument.Read(json);
            return record.ComesBack is null || IsMarked(path) ? record : record with { ComesBack = null };
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.SavedUnusable, $"A saved service can't be read from '{RemoteText.Show(path)}': {failure.Message}.",
                "Import it again from a backup, or forget it (Remove-OnionService).", path, cause: failure);
        }
    }

    private bool IsMarked(string path) => disk.Read(path + Mark) is not null;

    private void Unmark(string path)
    {
        if (!IsMarked(path)) return;
        disk.Delete(path + Mark);
        disk.FlushFolder(_folder);
    }

    private T Try<T>(string verb, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.SavedUnusable, $"A saved service can't be {verb} in '{RemoteText.Show(_folder)}': {failure.Message}.",
                "Check the disk's free space and that the folder is yours.", _folder, cause: failure);
        }
    }
}

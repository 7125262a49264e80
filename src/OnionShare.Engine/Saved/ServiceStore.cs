using System.Security.Cryptography;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Saved;

/// <summary>
/// The saved services on the disk: a file each, in a folder only this user can enter. Used by one engine at a
/// time.
/// </summary>
internal sealed class ServiceStore(string stateFolder, IStoreDisk disk)
{
    private const string Extension = ".json";

    private readonly string _folder = StatePaths.SavedFolder(stateFolder);

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
        disk.Save(path, content);
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
        disk.Delete(Path.Combine(_folder, file));
        disk.FlushFolder(_folder);
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
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name.Normalize().ToUpperInvariant()));
        return Path.Combine(_folder, Convert.ToHexStringLower(hash.AsSpan(0, 16)) + Extension);
    }

    private SavedRecord? Read(string path)
    {
        try
        {
            return disk.Read(path) is { } json ? SavedDocument.Read(json) : null;
        }
        catch (Exception failure) when (failure is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.SavedUnusable, $"A saved service can't be read from '{RemoteText.Show(path)}': {failure.Message}.",
                "Import it again from a backup, or forget it (Remove-OnionService).", path, cause: failure);
        }
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

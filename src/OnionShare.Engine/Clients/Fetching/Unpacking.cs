using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>Where the files of an archive go, once all of them have come and are right.</summary>
internal sealed class Unpacking(FetchRequest request, Destination destination, Catalog catalog, Action<ClientEvent> tell)
{
    private string Folder => (catalog.Index is null ? Path.GetFileNameWithoutExtension(catalog.Whole!.Name) : catalog.Index.Folder) is { } name
        ? Path.Combine(request.Path, EntryPath.Last(name)) : request.Path;

    /// <summary>Looks now for what is in the way of what the service lists: an archive may be large, and what is in it is seen only when it has come.</summary>
    /// <exception cref="ProblemException">Something is there already, or a link leads out of the folder.</exception>
    public void Look()
    {
        var folder = Folder;
        Check(folder, [.. catalog.Files.Where(file => FetchChoice.IsWanted(request, file.Name)).Select(file => EntryPath.Below(folder, file.Name))]);
    }

    /// <summary>Brings what has been unpacked to its place.</summary>
    /// <param name="staging">Where it has been unpacked to.</param>
    /// <param name="files">The files.</param>
    /// <param name="proof">What the archive was checked by.</param>
    /// <exception cref="ProblemException">It is not what the service lists, or something is in the way: nothing has been moved then.</exception>
    public void Take(string staging, IReadOnlyList<ExpandedFile> files, FileProof proof)
    {
        var folder = Folder;
        var hashes = Hashes();
        if (files.FirstOrDefault(file => hashes.GetValueOrDefault(file.Name) is { } hash && !hash.AsSpan().SequenceEqual(file.Sha256)) is { } wrong)
            throw ClientProblems.OtherHash(wrong.Name);
        var places = files.Select(file => (File: file, Target: Path.Combine(folder, file.Relative))).ToList();
        Check(folder, [.. places.Select(place => place.Target)]);
        if (!Directory.Exists(folder))
        {
            Directory.Move(staging, folder);
        }
        else
        {
            var folders = Directory.EnumerateDirectories(staging, "*", SearchOption.AllDirectories).Select(empty => Path.Combine(folder, Path.GetRelativePath(staging, empty))).ToList();
            folders.ForEach(destination.Check);
            folders.ForEach(destination.Make);
            for (var i = 0; i < places.Count; i++) places[i] = (places[i].File, Move(places[i].File.Path, places[i].Target));
            Directory.Delete(staging, recursive: true);
        }

        foreach (var (file, target) in places.Where(place => place.Target.Length > 0))
        {
            tell(new FileFetched
            {
                Path = target,
                Length = file.Length,
                Sha256 = Convert.ToHexStringLower(file.Sha256),
                Proof = hashes.ContainsKey(file.Name) ? FileProof.Sha256 : proof,
            });
        }
    }

    private void Check(string folder, IReadOnlyList<string> places)
    {
        destination.Check(folder);
        foreach (var above in places.Select(place => Path.GetDirectoryName(place)!).Distinct()) destination.Check(above);
        if (request.Existing == ExistingFile.Refuse && places.FirstOrDefault(Path.Exists) is { } there) throw ClientProblems.Exists(there);
    }

    // By the names as they are saved; where two files have come to the same one it is not known whose hash it is.
    private Dictionary<string, byte[]> Hashes() => catalog.Files
        .GroupBy(file => string.Join('/', EntryPath.Names(file.Name)), StringComparer.Ordinal)
        .Where(group => group.Count() == 1 && group.First().Sha256 is not null)
        .ToDictionary(group => group.Key, group => group.First().Sha256!, StringComparer.Ordinal);

    private string Move(string from, string target)
    {
        if (request.Existing == ExistingFile.Skip && File.Exists(target)) return "";
        if (request.Existing == ExistingFile.KeepBoth) target = EntryPath.Free(target);
        destination.Move(from, target, request.Existing == ExistingFile.Overwrite);
        return target;
    }
}

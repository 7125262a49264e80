using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>
/// The folder that was named for what is fetched. It may be a link: who named it knows where it leads. Below it nothing is written through one: there the
/// service chooses the names, and so which link would be followed.
/// </summary>
internal sealed class Destination(string root)
{
    /// <summary>Looks at a folder below it and at those between; they need not be there.</summary>
    /// <exception cref="ProblemException">One of them is a link, or a file.</exception>
    public void Check(string folder)
    {
        foreach (var part in Parts(folder))
        {
            if (!IsFolder(part)) return;
        }
    }

    /// <summary>Makes a folder below it.</summary>
    /// <exception cref="ProblemException">It, or one between, is a link or a file.</exception>
    public void Make(string folder)
    {
        foreach (var part in Parts(folder))
        {
            if (IsFolder(part)) continue;
            Directory.CreateDirectory(part);
            IsFolder(part); // nobody has put a link there meanwhile
        }
    }

    /// <summary>Asks the system where an opened file is: a link may have come since the folders were looked at.</summary>
    /// <exception cref="ProblemException">It is elsewhere.</exception>
    public void Require(PartFile part)
    {
        if (NativeFiles.Current.RealPath(root) is { } real && !SharedRoots.IsWithin(real, part.RealPath)) throw ClientProblems.Link(part.Path);
    }

    /// <summary>Gives a file its name, in a folder that is made where it is missing. A link of that name is replaced and not followed, on another disk too.</summary>
    /// <exception cref="IOException">One is there.</exception>
    public void Move(string from, string target, bool overwrite)
    {
        Make(Path.GetDirectoryName(target)!);
        if (overwrite && IsLink(target)) File.Delete(target);
        File.Move(from, target, overwrite);
    }

    private static bool IsFolder(string path)
    {
        if (NativeFiles.Current.TryStat(path, followLinks: false, out var stat) != FileFault.None) return false;
        return stat.Kind switch
        {
            FileKind.Folder => true,
            FileKind.Link => throw ClientProblems.Link(path),
            _ => throw ClientProblems.Exists(path),
        };
    }

    private static bool IsLink(string path) =>
        NativeFiles.Current.TryStat(path, followLinks: false, out var stat) == FileFault.None && stat.Kind == FileKind.Link;

    private IEnumerable<string> Parts(string folder)
    {
        var below = Path.GetRelativePath(root, folder);
        if (below == ".") yield break;
        var path = root;
        foreach (var name in below.Split(Path.DirectorySeparatorChar)) yield return path = Path.Combine(path, name);
    }
}

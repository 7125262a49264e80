using System.Text;

namespace OnionShare.Engine.Files;

/// <summary>
/// Names that every reader of an archive takes. To Windows a backslash is a separator, so a file called <c>..\x</c> looks like one that is to be
/// written outside, and readers there refuse the whole archive for it (.NET, Explorer); others refuse the names Windows has no room for
/// (Naming Files, Paths, and Namespaces).
/// </summary>
internal static class PortableName
{
    /// <summary>Gives the items of a folder names for the archive, each its own, and tells of those that differ.</summary>
    public static void Assign(IReadOnlyList<SharedEntry> siblings, Action<SharedEntry> changed)
    {
        HashSet<string>? used = null;
        foreach (var entry in siblings)
        {
            if (IsPortable(entry.Name)) continue;
            used ??= [.. siblings.Where(static one => IsPortable(one.Name)).Select(static one => one.Name)];
            var safe = Safe(entry.Name);
            entry.ArchiveName = safe;
            for (var number = 2; !used.Add(entry.ArchiveName); number++) entry.ArchiveName = entry.IsFolder ? $"{safe} ({number})" : NameParts.Numbered(safe, number);
            changed(entry);
        }
    }

    /// <summary>The name as every system takes it.</summary>
    public static string Of(string name) => IsPortable(name) ? name : Safe(name);

    private static bool IsPortable(string name)
    {
        foreach (var c in name)
        {
            if (IsRefused(c)) return false;
        }

        return name[^1] is not ('.' or ' ') && !DeviceName.Is(name);
    }

    private static bool IsRefused(char c) => c < ' ' || c is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|';

    private static string Safe(string name)
    {
        var safe = new StringBuilder(name.Length + 1);
        foreach (var c in name) safe.Append(IsRefused(c) ? '_' : c);
        if (safe[^1] is '.' or ' ') safe[^1] = '_';
        return DeviceName.Is(safe.ToString()) ? "_" + safe : safe.ToString();
    }
}

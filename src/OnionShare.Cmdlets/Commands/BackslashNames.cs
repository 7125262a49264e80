namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// Names with a \ in them, which Linux and macOS allow. PowerShell takes it for a separator there, too, and what it makes of such a name may be another file.
/// </summary>
internal static class BackslashNames
{
    private static readonly bool AreAllowed = !OperatingSystem.IsWindows();

    public static bool AreIn(string path) => AreAllowed && path.IndexOf('\\', NamesFrom(path)) >= 0;

    /// <summary>The absolute path in which each \ is part of a name. Drives, providers and ~ are PowerShell's to resolve.</summary>
    public static string Exact(PathIntrinsics paths, string path)
    {
        var start = NamesFrom(path);
        var mark = Guid.NewGuid().ToString("N");
        var marked = path[..start] + path[start..].Replace("\\", mark, StringComparison.Ordinal);
        return FullPath(paths.GetUnresolvedProviderPathFromPSPath(marked).Replace(mark, "\\", StringComparison.Ordinal));
    }

    /// <summary>What PowerShell found by a pattern, without what it made of such names; and instead of that the names that fit.</summary>
    public static IEnumerable<string> Matches(PathIntrinsics paths, string pattern, IEnumerable<string> found)
    {
        if (!AreAllowed) return found;
        Part[] parts = [.. Names(FullPath(paths.GetUnresolvedProviderPathFromPSPath(pattern))).Select(text => new Part(text))];
        return found.Where(path => Names(path) is var names && names.Length == parts.Length && names.Zip(parts).All(pair => pair.Second.Fits(pair.First))).Concat(Walk("/", parts));
    }

    private static IEnumerable<string> Walk(string folder, ReadOnlyMemory<Part> parts)
    {
        if (parts.IsEmpty) return folder.Contains('\\') ? [folder] : [];
        var named = Path.Combine(folder, parts.Span[0].Text);
        var rest = parts[1..];
        if (Path.Exists(named)) return Walk(named, rest);
        return Directory.Exists(folder) ? new DirectoryInfo(folder).EnumerateFileSystemInfos("*", new EnumerationOptions()).Where(item => parts.Span[0].Fits(item.Name)).SelectMany(item => Walk(item.FullName, rest)) : [];
    }

    private static string[] Names(string path) => path.Split('/')[1..];

    private static string FullPath(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    // Where the names begin: after the provider, whose own name has a \.
    private static int NamesFrom(string path) => path.IndexOf("::", StringComparison.Ordinal) is >= 0 and var end ? end + 2 : 0;

    private sealed class Part(string text)
    {
        private readonly WildcardPattern _pattern = WildcardPattern.Get(text, WildcardOptions.IgnoreCase);

        public string Text => text;

        public bool Fits(string name) => name == text || _pattern.IsMatch(name);
    }
}

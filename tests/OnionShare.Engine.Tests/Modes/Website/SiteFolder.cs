namespace OnionShare.Engine.Tests.Modes.Website;

/// <summary>A temporary folder with a site in it, and room beside the site.</summary>
internal sealed class SiteFolder : IDisposable
{
    private static readonly DateTime LongAgo = new(2024, 5, 6, 7, 8, 9, DateTimeKind.Utc);

    public SiteFolder()
    {
        Above = Directory.CreateTempSubdirectory("website-").FullName;
        Root = Directory.CreateDirectory(Path.Join(Above, "site")).FullName;
    }

    /// <summary>The folder the site's folder is in.</summary>
    public string Above { get; }

    /// <summary>The site's folder.</summary>
    public string Root { get; }

    /// <summary>The absolute path of a name in the site, or with <c>../</c> beside it.</summary>
    public string At(string name) => Path.GetFullPath(Path.Join(Root, name));

    /// <summary>Writes a file; its time is a fixed one unless it is given.</summary>
    public SiteFolder Write(string name, string text, DateTime? modified = null) => Write(name, System.Text.Encoding.UTF8.GetBytes(text), modified);

    public SiteFolder Write(string name, byte[] bytes, DateTime? modified = null)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(name))!);
        File.WriteAllBytes(At(name), bytes);
        File.SetLastWriteTimeUtc(At(name), modified ?? LongAgo);
        return this;
    }

    public SiteFolder Link(string name, string target)
    {
        File.CreateSymbolicLink(At(name), target);
        return this;
    }

    public void Dispose() => Directory.Delete(Above, recursive: true);
}

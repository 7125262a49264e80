using Microsoft.Win32.SafeHandles;
using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Tests.Files;

/// <summary>The platform's files, with a moment between a check and what follows it in which a test does something.</summary>
internal sealed class HookedFiles : NativeFiles
{
    /// <summary>Done when a path has been looked at, before anybody acts on what was seen.</summary>
    public Action<string> Seen { get; init; } = _ => { };

    /// <summary>Done when a folder has been listed.</summary>
    public Action Listed { get; init; } = () => { };

    public override FileFault TryStat(string path, bool followLinks, out FileStat stat)
    {
        var fault = Current.TryStat(path, followLinks, out stat);
        Seen(path);
        return fault;
    }

    public override FileStat Stat(SafeFileHandle handle) => Current.Stat(handle);

    public override SafeFileHandle Open(string path) => Current.Open(path);

    public override string RealPath(SafeFileHandle handle) => Current.RealPath(handle);

    public override string? RealPath(string path) => Current.RealPath(path);

    public override bool CanRead(string path, FileKind kind) => Current.CanRead(path, kind);

    public override IEnumerable<FoundFile> List(string folder)
    {
        FoundFile[] found = [.. Current.List(folder)];
        Listed();
        return found;
    }
}

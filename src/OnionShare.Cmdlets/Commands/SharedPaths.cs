using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// The files and folders a command is given, resolved to absolute paths of the file system, each once. The first that does not
/// exist or belongs to another provider ends the command.
/// </summary>
internal sealed class SharedPaths(PSCmdlet command)
{
    private static readonly StringComparer Comparer =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal;

    private readonly HashSet<string> _known = new(Comparer);
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void AddWildcards(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var resolved = Resolve(path, out var provider);
            RequireFileSystem(path, provider);
            if (resolved.Count == 0) command.ThrowTerminatingError(Errors.PathNotFound(path));
            foreach (var one in resolved) Add(one);
        }
    }

    public void AddLiterals(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var resolved = Unresolved(path, out var provider);
            RequireFileSystem(path, provider);
            Add(resolved);
        }
    }

    public void AddItems(IEnumerable<FileSystemInfo> items)
    {
        foreach (var item in items) Add(item.FullName);
    }

    /// <summary>A folder that may not be there yet, its name taken as it is.</summary>
    public string Folder(string path)
    {
        var full = Literal(path);
        if (File.Exists(full)) command.ThrowTerminatingError(Errors.NotFolder(path));
        return full;
    }

    /// <summary>A file or folder that may not be there, its name taken as it is.</summary>
    public string Literal(string path)
    {
        var resolved = Unresolved(path, out var provider);
        if (provider is null) command.ThrowTerminatingError(Errors.PathNotFound(path));
        RequireFileSystem(path, provider);
        return Path.TrimEndingDirectorySeparator(Path.GetFullPath(resolved));
    }

    private ICollection<string> Resolve(string path, out ProviderInfo? provider)
    {
        try
        {
            return command.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
        }
        catch (ItemNotFoundException)
        {
            provider = null;
            return [];
        }
        catch (System.Management.Automation.DriveNotFoundException)
        {
            provider = null;
            return [];
        }
    }

    private string Unresolved(string path, out ProviderInfo? provider)
    {
        try
        {
            return command.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (System.Management.Automation.DriveNotFoundException)
        {
            provider = null;
            return path;
        }
    }

    private void RequireFileSystem(string path, ProviderInfo? provider)
    {
        if (provider is not null && provider.ImplementingType != typeof(FileSystemProvider))
            command.ThrowTerminatingError(Errors.NotFileSystem(path, provider.Name));
    }

    private void Add(string path)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Path.Exists(full)) command.ThrowTerminatingError(Errors.PathNotFound(path));
        if (_known.Add(full)) _all.Add(full);
    }
}

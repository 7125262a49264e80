using Microsoft.PowerShell.Commands;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// The files and folders a command is given, resolved to absolute paths of the file system, each once. What can't be taken is an error that does not
/// end the command, and is remembered: nothing must be published when not all that was asked for is in it.
/// </summary>
internal sealed class SharedPaths(PSCmdlet command, Action<ErrorRecord> report)
{
    private readonly HashSet<string> _known = new(PathsRequest.PathComparer);
    private readonly HashSet<string> _named = new(PathsRequest.PathComparer);
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    /// <summary>
    /// Those that came from a wildcard or a pipeline and were not named one by one. Where a folder comes together with what is in it, all did: nobody types
    /// that, but <c>-LiteralPath (Get-ChildItem -Recurse -Exclude *.key).FullName</c> is it.
    /// </summary>
    public IReadOnlyList<string> Listed => _all.Any(IsInAnother) ? _all : [.. _all.Where(path => !_named.Contains(path))];

    /// <summary>Whether something that came in could not be taken.</summary>
    public bool HasRefused { get; private set; }

    private bool HasLiteralPath => command.MyInvocation.MyCommand.Parameters.ContainsKey("LiteralPath");

    /// <summary>Takes paths in which wildcards are resolved.</summary>
    public void AddWildcards(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            // An item, and what a wildcard found, was not looked at one by one.
            var isListed = WildcardPattern.ContainsWildcardCharacters(path) || path.StartsWith(PathAttribute.ItemPrefix, StringComparison.OrdinalIgnoreCase);
            Add(new PathInput(path, IsLiteral: false, isListed));
        }
    }

    public void AddLiterals(IEnumerable<string> paths)
    {
        foreach (var path in paths) Add(new PathInput(path, IsLiteral: true, IsListed: false));
    }

    public void AddInput(IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            try
            {
                foreach (var input in PathInput.Of(item)) Add(input);
            }
            catch (ProblemException none)
            {
                Refuse(Errors.From(none, item));
            }
        }
    }

    /// <summary>A folder that may not be there yet, its name taken as it is; null, and an error, when it can't be one.</summary>
    public string? Folder(string path) => Folder(new PathInput(path, IsLiteral: true, IsListed: false));

    public string? Folder(PathInput input)
    {
        if (Literal(input) is not { } full) return null;
        if (!File.Exists(full)) return full;
        Refuse(PathErrors.NotFolder(input.Path));
        return null;
    }

    /// <summary>A file or folder that may not be there, its name taken as it is; null, and an error, when it can't be one.</summary>
    public string? Literal(string path) => Literal(new PathInput(path, IsLiteral: true, IsListed: false));

    public void Refuse(ErrorRecord error)
    {
        HasRefused = true;
        report(error);
    }

    private string? Literal(PathInput input)
    {
        var resolved = Unresolved(input.Path, out var provider);
        if (provider is null) Refuse(PathErrors.PathNotFound(input.Path));
        else if (IsFileSystem(input.Path, provider)) return Exact(input) ?? Path.TrimEndingDirectorySeparator(Path.GetFullPath(resolved));
        return null;
    }

    // Who types a \ where there is no such name may mean a separator, as everywhere in PowerShell. An item never does.
    private string? Exact(PathInput input)
    {
        if (!BackslashNames.AreIn(input.Path)) return null;
        var exact = BackslashNames.Exact(command.SessionState.Path, input.Path);
        return input.IsItem || Path.Exists(exact) ? exact : null;
    }

    private void Add(PathInput input)
    {
        if (!input.IsLiteral && BackslashNames.AreIn(input.Path) && !WildcardPattern.ContainsWildcardCharacters(input.Path))
            input = input with { Path = WildcardPattern.Unescape(input.Path), IsLiteral = true };
        if (input.IsLiteral)
        {
            // An item that vanished is for the engine to tell of, as it does of one that vanishes a moment later.
            if (Literal(input) is { } full && (Path.Exists(full) || input.MayBeGone || !Refused(PathErrors.PathNotFound(input.Path)))) Take(full, input.IsListed);
            return;
        }

        var resolved = Resolve(input.Path, out var provider);
        if (provider is not null && !IsFileSystem(input.Path, provider)) return;
        if (resolved.Count == 0) Refuse(PathErrors.PathNotFound(input.Path, WildcardPattern.ContainsWildcardCharacters(input.Path) && HasLiteralPath));
        foreach (var one in resolved) Take(one, input.IsListed);
    }

    private bool IsInAnother(string path)
    {
        for (var folder = Path.GetDirectoryName(path); folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (_known.Contains(folder)) return true;
        }

        return false;
    }

    private void Take(string path, bool isListed)
    {
        if (_known.Add(path)) _all.Add(path);
        if (!isListed) _named.Add(path);
    }

    private bool Refused(ErrorRecord error)
    {
        Refuse(error);
        return true;
    }

    private IReadOnlyList<string> Resolve(string path, out ProviderInfo? provider)
    {
        try
        {
            var found = command.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider);
            if (provider.ImplementingType != typeof(FileSystemProvider)) return found;
            var full = found.Select(one => Path.TrimEndingDirectorySeparator(Path.GetFullPath(one)));
            return [.. WildcardPattern.ContainsWildcardCharacters(path) ? BackslashNames.Matches(command.SessionState.Path, path, full) : full];
        }
        catch (Exception e) when (e is ItemNotFoundException or System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
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
        catch (Exception e) when (e is System.Management.Automation.DriveNotFoundException or ProviderNotFoundException)
        {
            provider = null;
            return path;
        }
    }

    private bool IsFileSystem(string path, ProviderInfo provider)
    {
        if (provider.ImplementingType == typeof(FileSystemProvider)) return true;
        Refuse(PathErrors.NotFileSystem(path, provider.Name));
        return false;
    }
}

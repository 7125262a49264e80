using System.Management.Automation;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands that start a service of files and folders have in common. All that come in become one service.</summary>
public abstract class StartPathsCommand : StartServiceCommand
{
    protected const string PathSet = "Path";

    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";
    private const int NamesInTarget = 3;

    private readonly SharedPaths _paths;

    protected StartPathsCommand() => _paths = new SharedPaths(this);

    /// <summary>Files and folders; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards, ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP"), ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Files and folders as Get-Item and Get-ChildItem give them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true), ValidateNotNull]
    public FileSystemInfo[] InputObject { get; set; } = [];

    /// <summary>What is done with the files, a verb: <c>share</c>.</summary>
    private protected abstract string Verb { get; }

    private protected sealed override (string Target, string Action) Intent
    {
        get
        {
            var names = _paths.All.Take(NamesInTarget).Select(path => RemoteText.Show(System.IO.Path.GetFileName(path), 60));
            var rest = _paths.All.Count - NamesInTarget;
            var target = string.Join(", ", names) + (rest > 0 ? $" and {rest} more" : "");
            return (target, char.ToUpperInvariant(Verb[0]) + Verb[1..] + Where);
        }
    }

    /// <inheritdoc/>
    protected sealed override Task ProcessRecordAsync()
    {
        if (ParameterSetName == PathSet) _paths.AddWildcards(Path);
        else if (ParameterSetName == LiteralPathSet) _paths.AddLiterals(LiteralPath);
        else _paths.AddItems(InputObject);
        return Task.CompletedTask;
    }

    private protected sealed override ServiceRequest MakeRequest()
    {
        if (_paths.All.Count == 0) ThrowTerminatingError(Errors.NothingToShare(Verb));
        return MakeRequest([.. _paths.All]);
    }

    /// <summary>The request for these absolute paths, without the common settings.</summary>
    private protected abstract ServiceRequest MakeRequest(IReadOnlyList<string> paths);
}

using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What commands that start a service of files and folders have in common. All that come in become one service.</summary>
public abstract class StartPathsCommand : StartServiceCommand
{
    protected const string PathSet = "Path";

    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";
    private const int NamesInTarget = 3;
    private const string PipelineHelp =
        "What comes down the pipeline: items, paths as text, uploads, or objects with a property PSPath, LiteralPath, FullName or Path.";

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, HelpMessage = "Files and folders; wildcards are resolved.")]
    [SupportsWildcards, ValidateNotNullOrEmpty, Path]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, HelpMessage = "Files and folders, their names taken as they are.")]
    [Alias("PSPath", "LP"), ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    // Takes everything, so that what stands for no path is refused here and nothing is published: PowerShell would leave it out and go on.
    [Parameter(ParameterSetName = PathSet, ValueFromPipeline = true, HelpMessage = PipelineHelp)]
    [Parameter(ParameterSetName = LiteralPathSet, ValueFromPipeline = true, HelpMessage = PipelineHelp)]
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true, HelpMessage = PipelineHelp)]
    [AllowNull, AllowEmptyString, AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>What is done with the files, a verb: <c>share</c>.</summary>
    private protected abstract string Verb { get; }

    private protected sealed override (string Target, string Action) Intent
    {
        get
        {
            var names = Paths.All.Take(NamesInTarget).Select(path => RemoteText.Show(System.IO.Path.GetFileName(path) is { Length: > 0 } name ? name : path, 60));
            var rest = Paths.All.Count - NamesInTarget;
            var target = string.Join(", ", names) + (rest > 0 ? $" and {rest} more" : "");
            return (target, char.ToUpperInvariant(Verb[0]) + Verb[1..] + Where);
        }
    }

    private protected sealed override void TakeNamed()
    {
        if (ParameterSetName == PathSet) Paths.AddWildcards(Path);
        else if (ParameterSetName == LiteralPathSet) Paths.AddLiterals(LiteralPath);
    }

    protected sealed override Task ProcessRecordAsync()
    {
        if (MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))) Paths.AddInput(InputObject ?? [null]);
        return Task.CompletedTask;
    }

    private protected sealed override ServiceRequest MakeRequest()
    {
        if (Paths.All.Count == 0) ThrowTerminatingError(PathErrors.NothingToShare(Verb));
        return MakeRequest([.. Paths.All], Paths.Listed);
    }

    /// <summary>The request for these absolute paths, without the common settings.</summary>
    /// <param name="paths">All of them.</param>
    /// <param name="listed">Those that came from a listing; null for none.</param>
    private protected abstract ServiceRequest MakeRequest(IReadOnlyList<string> paths, IReadOnlyList<string> listed);
}

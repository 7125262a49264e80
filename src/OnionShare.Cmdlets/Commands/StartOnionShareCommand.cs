using System.Management.Automation;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionShare</c>: offers files and folders for download. All of them become one service.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionShare", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionShareCommand : StartServiceCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";
    private const int NamesInTarget = 3;

    private readonly SharedPaths _paths;

    /// <summary>Makes the command.</summary>
    public StartOnionShareCommand() => _paths = new SharedPaths(this);

    /// <summary>Files and folders; wildcards are resolved.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = PathSet, ValueFromPipeline = true)]
    [SupportsWildcards, ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Files and folders, their names taken as they are.</summary>
    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "LP"), ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>Files and folders as Get-Item and Get-ChildItem give them.</summary>
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true), ValidateNotNull]
    public FileSystemInfo[] InputObject { get; set; } = [];

    /// <summary>Go on after a complete download, and let visitors browse folders and fetch single files.</summary>
    [Parameter]
    public SwitchParameter KeepSharing { get; set; }

    /// <summary>Offer a compressed zip: smaller, but of unknown length and not resumable.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    private protected override (string Target, string Action) Intent
    {
        get
        {
            var names = _paths.All.Take(NamesInTarget).Select(path => RemoteText.Show(System.IO.Path.GetFileName(path), 60));
            var rest = _paths.All.Count - NamesInTarget;
            var target = string.Join(", ", names) + (rest > 0 ? $" and {rest} more" : "");
            return (target, LocalOnly ? "Share on 127.0.0.1" : "Share as a Tor onion service");
        }
    }

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync()
    {
        if (ParameterSetName == PathSet) _paths.AddWildcards(Path);
        else if (ParameterSetName == LiteralPathSet) _paths.AddLiterals(LiteralPath);
        else _paths.AddItems(InputObject);
        return Task.CompletedTask;
    }

    private protected override ServiceRequest MakeRequest()
    {
        if (_paths.All.Count == 0) ThrowTerminatingError(Errors.NothingToShare());
        return new ShareRequest { Paths = [.. _paths.All], KeepSharing = KeepSharing, Compress = Compress };
    }
}

using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Receive-OnionFile</c>: fetches files from somebody else's service.</summary>
[Cmdlet(VerbsCommunications.Receive, "OnionFile", DefaultParameterSetName = InputObjectSet, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ReceiveOnionFileCommand : RemoteCommand
{
    private const string UrlSet = "Url";
    private const string InputObjectSet = "InputObject";

    private readonly List<OnionRemoteFile> _files = [];
    private readonly List<RemoteAccess> _services = [];

    [Parameter(Mandatory = true, Position = 0, ParameterSetName = UrlSet, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The service's URL, or that of one file or folder of it."), ValidateNotNullOrEmpty]
    public string[] Url { get; set; } = [];

    // The default set, and not several: PowerShell would rather make a URL of the object.
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true, HelpMessage = "A file as Get-OnionFile gives it."), ValidateNotNull]
    public OnionRemoteFile? InputObject { get; set; }

    [Parameter(Position = 1, HelpMessage = "The folder to save to; the current one without it."), ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(ParameterSetName = UrlSet, HelpMessage = "Only files of such names or paths: * and ? stand for characters."), SupportsWildcards, ValidateNotNullOrEmpty]
    public string[] Include { get; set; } = [];

    [Parameter(HelpMessage = "Unpack what comes as a zip, while it arrives.")]
    public SwitchParameter Expand { get; set; }

    [Parameter(HelpMessage = "How many circuits to use."), ValidateRange(1, 16)]
    public int Connections { get; set; } = 4;

    [Parameter(HelpMessage = "Replace files that are there.")]
    public SwitchParameter Overwrite { get; set; }

    [Parameter(HelpMessage = "Keep files that are there and number the new ones.")]
    public SwitchParameter KeepBoth { get; set; }

    [Parameter(HelpMessage = "Leave out files that are there.")]
    public SwitchParameter Skip { get; set; }

    [Parameter(HelpMessage = "The most to take, unpacked."), Size, ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxSize { get; set; }

    [Parameter(HelpMessage = "How long nothing may arrive before it is given up."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan RetryFor { get; set; } = FetchRequest.DefaultPatience;

    protected override void BeginProcessing()
    {
        var ways = new[] { (nameof(Overwrite), Overwrite), (nameof(KeepBoth), KeepBoth), (nameof(Skip), Skip) }.Where(way => way.Item2).Select(way => way.Item1).ToList();
        if (ways.Count > 1) ThrowTerminatingError(Errors.ParametersClash(ways[0], ways[1], "Nothing was fetched."));
    }

    protected override Task ProcessRecordAsync()
    {
        if (ParameterSetName == UrlSet) _services.AddRange(Url.Select(AccessTo));
        else _files.Add(InputObject!);
        return Task.CompletedTask;
    }

    protected override async Task EndProcessingAsync()
    {
        if (new SharedPaths(this, WriteError).Folder(Path ?? SessionState.Path.CurrentFileSystemLocation.ProviderPath) is not { } folder) return;
        foreach (var access in _services) await FetchAsync(access, folder, []);
        foreach (var service in _files.GroupBy(file => file.Access)) await FetchAsync(service.Key, folder, [.. service.Select(file => file.RawPath)]);
    }

    private async Task FetchAsync(RemoteAccess access, string folder, IReadOnlyList<string> files)
    {
        if (!ShouldProcess(access.Shown, $"Fetch {(files.Count > 0 ? $"{files.Count} files" : "files")} to '{folder}'")) return;
        await AtAsync(access, async known =>
        {
            var request = new FetchRequest
            {
                Url = known.Url,
                Password = Secret.Plain(known.Password),
                ClientKey = Secret.Plain(known.ClientKey),
                LocalOnly = known.LocalOnly,
                Path = folder,
                Include = Include,
                Files = files,
                Expand = Expand,
                Connections = Connections,
                Existing = Overwrite ? ExistingFile.Overwrite : KeepBoth ? ExistingFile.KeepBoth : Skip ? ExistingFile.Skip : ExistingFile.Refuse,
                MaxSize = IsGiven(nameof(MaxSize)) ? MaxSize : null,
                Patience = RetryFor,
            };
            await foreach (var happened in Engine.Remote.FetchAsync(request, StopToken))
            {
                if (happened is FileFetched fetched) WriteObject(Result(fetched));
                else Show(happened);
            }
        });
    }

    private PSObject Result(FileFetched fetched)
    {
        var file = FileItem(fetched.Path);
        file.Properties.Add(new PSNoteProperty("Sha256", fetched.Sha256));
        file.Properties.Add(new PSNoteProperty("Proof", fetched.Proof.ToString()));
        return file;
    }
}

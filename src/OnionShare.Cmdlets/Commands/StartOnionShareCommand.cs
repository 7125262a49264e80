namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionShare</c>: offers files and folders for download. All of them become one service.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionShare", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionShareCommand : StartPathsCommand
{
    [Parameter(HelpMessage = "Go on after a complete download, and let visitors browse folders and fetch single files.")]
    public SwitchParameter KeepSharing { get; set; }

    [Parameter(HelpMessage = "Offer a compressed zip: smaller, but of unknown length and not resumable.")]
    public SwitchParameter Compress { get; set; }

    [Parameter(HelpMessage = "Stop after this many complete downloads of the whole."), ValidateRange(1, int.MaxValue)]
    public int MaxDownloads { get; set; }

    private protected override string Verb => "share";

    private protected override ServiceRequest MakeRequest(IReadOnlyList<string> paths, IReadOnlyList<string> listed) => new ShareRequest
    {
        Paths = paths,
        Listed = listed,
        KeepSharing = KeepSharing,
        Compress = Compress,
        MaxDownloads = IsGiven(nameof(MaxDownloads)) ? MaxDownloads : null,
    };
}

using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionReceive</c>: takes files and messages into a folder.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionReceive", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionReceiveCommand : StartServiceCommand
{
    private const string DefaultFolder = "OnionShare";

    private readonly List<string> _folders = [];

    [Parameter(Position = 0, HelpMessage = "The folder that takes the submissions, made if it is not there; without it, OnionShare in the home folder.")]
    [Alias("LiteralPath", "LP"), ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(ValueFromPipeline = true, HelpMessage = "The folder as it comes down the pipeline: an item, a path as text, or an object with a property PSPath, LiteralPath, FullName or Path.")]
    [AllowNull, AllowEmptyString, AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    [Parameter(HelpMessage = "Take no files.")]
    public SwitchParameter NoFiles { get; set; }

    [Parameter(HelpMessage = "Take no message.")]
    public SwitchParameter NoText { get; set; }

    [Parameter(HelpMessage = "The largest file taken."), Size, ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxFileSize { get; set; }

    [Parameter(HelpMessage = "The largest submission taken, all its files and its message."), Size, ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxSubmissionSize { get; set; }

    [Parameter(HelpMessage = "Files a submission may have."), ValidateRange(1, int.MaxValue)]
    public int MaxFiles { get; set; } = ReceiveRequest.DefaultMaxFiles;

    [Parameter(HelpMessage = "How much is taken in all."), Size, ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxTotalSize { get; set; }

    [Parameter(HelpMessage = "Space that must stay free on the disk."), Size(AllowZero = true), ArgumentCompleter(typeof(SizeCompleter))]
    public long MinFreeSpace { get; set; } = ReceiveRequest.DefaultMinFreeSpace;

    [Parameter(HelpMessage = "Submissions taken at the same time."), ValidateRange(1, int.MaxValue)]
    public int MaxConcurrent { get; set; }

    [Parameter(HelpMessage = "Delete what a broken upload left, rather than keep it as .part.")]
    public SwitchParameter DiscardPartial { get; set; }

    [Parameter(HelpMessage = "Files with OpenPGP public keys: all that comes in, names too, is encrypted to them before it is written. A key that can't be used stops the start.")]
    [ValidateNotNullOrEmpty]
    public string[]? EncryptTo { get; set; }

    [Parameter(HelpMessage = "Tell senders the SHA-256 of what arrived, and keep it beside the files as SHA256SUMS.")]
    public SwitchParameter Receipt { get; set; }

    [Parameter(HelpMessage = "An http or https address that is told, through tor, of each submission."), ValidateNotNull]
    public Uri? WebhookUrl { get; set; }

    private protected override (string Target, string Action) Intent => (RemoteText.Show(_folders[0]), "Receive" + Where);

    private protected override void TakeNamed()
    {
        if (Path is not null) Take(new PathInput(Path, IsLiteral: true, IsListed: false));
    }

    protected override Task ProcessRecordAsync()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))) return Task.CompletedTask;
        foreach (var item in InputObject ?? [null])
        {
            try
            {
                foreach (var input in PathInput.Of(item)) Take(input);
            }
            catch (ProblemException none)
            {
                Paths.Refuse(Errors.From(none, item));
            }
        }

        return Task.CompletedTask;
    }


    private protected override void CheckParameters()
    {
        if (NoFiles && NoText) ThrowTerminatingError(Errors.ParametersClash(nameof(NoFiles), nameof(NoText)));
        if (NoFiles && IsGiven(nameof(MaxFileSize))) ThrowTerminatingError(Errors.ParametersClash(nameof(NoFiles), nameof(MaxFileSize)));
        if (NoFiles && IsGiven(nameof(MaxFiles))) ThrowTerminatingError(Errors.ParametersClash(nameof(NoFiles), nameof(MaxFiles)));
        if (WebhookUrl is { } url && !(url.IsAbsoluteUri && url.Scheme is "http" or "https"))
            ThrowTerminatingError(Errors.NotWebAddress(nameof(WebhookUrl), url.OriginalString));
    }

    private protected override ServiceRequest MakeRequest()
    {
        if (_folders.Count == 0) _folders.Add(Home());
        return new ReceiveRequest
        {
            Path = _folders[0],
            NoFiles = NoFiles,
            NoText = NoText,
            MaxFileSize = IsGiven(nameof(MaxFileSize)) ? MaxFileSize : null,
            MaxSubmissionSize = IsGiven(nameof(MaxSubmissionSize)) ? MaxSubmissionSize : null,
            MaxFiles = MaxFiles,
            MaxTotalSize = IsGiven(nameof(MaxTotalSize)) ? MaxTotalSize : null,
            MinFreeSpace = MinFreeSpace,
            MaxConcurrent = IsGiven(nameof(MaxConcurrent)) ? MaxConcurrent : null,
            DiscardPartial = DiscardPartial,
            EncryptTo = KeyFiles(EncryptTo),
            Receipt = Receipt,
            WebhookUrl = WebhookUrl?.AbsoluteUri,
        };
    }

    private void Take(PathInput input)
    {
        if (Paths.Folder(input) is not { } folder || _folders.Contains(folder)) return;
        _folders.Add(folder);
        if (_folders.Count == 2) Paths.Refuse(PathErrors.OneInbox());
    }

    private string Home()
    {
        // Who pipes means a folder: where none came, the one at home is not it.
        if (MyInvocation.ExpectingInput) ThrowTerminatingError(PathErrors.NoFolderCame());
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (home.Length == 0) ThrowTerminatingError(PathErrors.NoHome());
        return System.IO.Path.Combine(home, DefaultFolder);
    }
}

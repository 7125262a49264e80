using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Start-OnionReceive</c>: takes files and messages into a folder.</summary>
[Cmdlet(VerbsLifecycle.Start, "OnionReceive", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService), typeof(OnionServiceJob))]
public sealed class StartOnionReceiveCommand : StartServiceCommand
{
    private const string DefaultFolder = "OnionShare";

    private readonly List<string> _folders = [];

    /// <summary>The folder that takes the submissions, made if it is not there; without it, OnionShare in the home folder.</summary>
    [Parameter(Position = 0), Alias("LiteralPath", "LP"), ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The folder as it comes down the pipeline: an item, a path as text, or an object with a property PSPath, LiteralPath, FullName or Path.</summary>
    [Parameter(ValueFromPipeline = true), AllowNull, AllowEmptyString, AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    /// <summary>Take no files.</summary>
    [Parameter]
    public SwitchParameter NoFiles { get; set; }

    /// <summary>Take no message.</summary>
    [Parameter]
    public SwitchParameter NoText { get; set; }

    /// <summary>The largest file taken.</summary>
    [Parameter, Size]
    public long MaxFileSize { get; set; }

    /// <summary>The largest submission taken, all its files and its message.</summary>
    [Parameter, Size]
    public long MaxSubmissionSize { get; set; }

    [Parameter, Size]
    public long MaxTotalSize { get; set; }

    /// <summary>Space that must stay free on the disk.</summary>
    [Parameter, Size(AllowZero = true)]
    public long MinFreeSpace { get; set; } = ReceiveRequest.DefaultMinFreeSpace;

    [Parameter, ValidateRange(1, int.MaxValue)]
    public int MaxConcurrent { get; set; }

    /// <summary>Delete what a broken upload left, rather than keep it as .part.</summary>
    [Parameter]
    public SwitchParameter DiscardPartial { get; set; }

    /// <summary>An http or https address that is told, through tor, of each submission.</summary>
    [Parameter, ValidateNotNull]
    public Uri? WebhookUrl { get; set; }

    private protected override (string Target, string Action) Intent => (RemoteText.Show(_folders[0]), "Receive" + Where);

    private protected override void TakeNamed()
    {
        if (Path is not null) Take(Path);
    }

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync()
    {
        if (!MyInvocation.BoundParameters.ContainsKey(nameof(InputObject))) return Task.CompletedTask;
        foreach (var item in InputObject ?? [null])
        {
            try
            {
                foreach (var input in PathInput.Of(item)) Take(input.Path);
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
            MaxTotalSize = IsGiven(nameof(MaxTotalSize)) ? MaxTotalSize : null,
            MinFreeSpace = MinFreeSpace,
            MaxConcurrent = IsGiven(nameof(MaxConcurrent)) ? MaxConcurrent : null,
            DiscardPartial = DiscardPartial,
            WebhookUrl = WebhookUrl?.AbsoluteUri,
        };
    }

    private void Take(string path)
    {
        if (Paths.Folder(path) is not { } folder || _folders.Contains(folder)) return;
        _folders.Add(folder);
        if (_folders.Count == 2) Paths.Refuse(Errors.OneInbox());
    }

    private string Home()
    {
        // Who pipes means a folder: where none came, the one at home is not it.
        if (MyInvocation.ExpectingInput) ThrowTerminatingError(Errors.NoFolderCame());
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (home.Length == 0) ThrowTerminatingError(Errors.NoHome());
        return System.IO.Path.Combine(home, DefaultFolder);
    }
}

using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Send-OnionFile</c>: sends files and a message to somebody else's receive service.</summary>
[Cmdlet(VerbsCommunications.Send, "OnionFile", DefaultParameterSetName = PathSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionSentFile))]
public sealed class SendOnionFileCommand : RemoteCommand
{
    private const string PathSet = "Path";
    private const string LiteralPathSet = "LiteralPath";
    private const string InputObjectSet = "InputObject";
    private const string MessageSet = "MessageOnly";

    private readonly SharedPaths _paths;
    private bool _isNamed;

    public SendOnionFileCommand() => _paths = new SharedPaths(this, WriteError);

    [Parameter(Mandatory = true, Position = 0, HelpMessage = "The service's URL."), ValidateNotNullOrEmpty]
    public string Url { get; set; } = "";

    [Parameter(Mandatory = true, Position = 1, ParameterSetName = PathSet, HelpMessage = "Files and folders; wildcards are resolved. A folder goes as a zip of it."), SupportsWildcards, ValidateNotNullOrEmpty, Path]
    public string[] Path { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = LiteralPathSet, HelpMessage = "Files and folders, their names taken as they are."), Alias("PSPath", "LP"), ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    [Parameter(ParameterSetName = PathSet, ValueFromPipeline = true, HelpMessage = "What comes down the pipeline: items, paths as text, completed uploads, and objects with a path.")]
    [Parameter(ParameterSetName = LiteralPathSet, ValueFromPipeline = true)]
    [Parameter(Mandatory = true, ParameterSetName = InputObjectSet, ValueFromPipeline = true)]
    [AllowNull, AllowEmptyString, AllowEmptyCollection]
    public PSObject?[]? InputObject { get; set; }

    [Parameter(Mandatory = true, ParameterSetName = MessageSet, HelpMessage = "Send no file, only the message.")]
    public SwitchParameter MessageOnly { get; set; }

    [Parameter(ParameterSetName = PathSet, HelpMessage = "A message to go with the files."), Parameter(ParameterSetName = LiteralPathSet), Parameter(ParameterSetName = InputObjectSet)]
    [Parameter(Mandatory = true, ParameterSetName = MessageSet), ValidateNotNullOrEmpty]
    public string? Message { get; set; }

    [Parameter(ParameterSetName = PathSet, HelpMessage = "The name the one file is sent under."), Parameter(ParameterSetName = LiteralPathSet), Parameter(ParameterSetName = InputObjectSet), ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    [Parameter(HelpMessage = "How many files go at once, each over a circuit of its own."), ValidateRange(1, 16)]
    public int Connections { get; set; } = 4;

    [Parameter(HelpMessage = "How long nothing may be taken before it is given up."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan RetryFor { get; set; } = FetchRequest.DefaultPatience;

    protected override Task ProcessRecordAsync()
    {
        if (!_isNamed) _paths.AddWildcards(Path);
        if (!_isNamed) _paths.AddLiterals(LiteralPath);
        _isNamed = true;
        if (IsGiven(nameof(InputObject))) _paths.AddInput(InputObject ?? [null]);
        return Task.CompletedTask;
    }

    protected override async Task EndProcessingAsync()
    {
        if (_paths.HasRefused) return; // not all that was meant would be sent
        if (_paths.All.Count == 0 && !MessageOnly) ThrowTerminatingError(PathErrors.NothingToShare("send"));
        var what = (_paths.All.Count, Message) switch
        {
            (0, _) => "a message",
            (1, null) => "1 file or folder",
            (var count, null) => $"{count} files or folders",
            var (count, _) => $"{count} files or folders and a message",
        };
        var access = AccessTo(Url);
        if (!ShouldProcess(access.Shown, $"Send {what}")) return;
        await AtAsync(access, async known =>
        {
            var request = new SendRequest
            {
                Url = known.Url,
                Password = Secret.Plain(known.Password),
                ClientKey = Secret.Plain(known.ClientKey),
                LocalOnly = known.LocalOnly,
                Paths = [.. _paths.All],
                Listed = _paths.Listed,
                Message = Message,
                Name = Name,
                Connections = Connections,
                Patience = RetryFor,
            };
            await foreach (var happened in Engine.Remote.SendAsync(request, StopToken))
            {
                if (happened is FileSent sent) WriteObject(new OnionSentFile(sent, access.Shown));
                else Show(happened);
            }
        });
    }
}

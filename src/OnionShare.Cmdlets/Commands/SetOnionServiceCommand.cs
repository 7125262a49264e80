using System.Security;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Set-OnionService</c>: changes services while they run, and what is saved of them; and saved ones that do not run.</summary>
[Cmdlet(VerbsCommon.Set, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService))]
[OutputType(typeof(OnionSavedService))]
public sealed class SetOnionServiceCommand : OnionCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services; the whole name of a saved one that does not run.")]
    [Alias("Service", "Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(KnownNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Another password for visitors, a string or a SecureString."), Password]
    public SecureString? Password { get; set; }

    [Parameter(HelpMessage = "Another title for its pages."), ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    [Parameter(HelpMessage = "Another language of its pages, such as fa; '' for that of each visitor's browser."), AllowEmptyString]
    [ArgumentCompleter(typeof(PageLanguageCompleter))]
    public string? Language { get; set; }

    [Parameter(HelpMessage = "Keep on the disk from now on which transfers there are; -KeepHistory:$false keeps no more.")]
    public SwitchParameter KeepHistory { get; set; }

    [Parameter(HelpMessage = "Different wrong passwords after which the service stops; 0 = never, only delay."), ValidateRange(0, int.MaxValue)]
    public int GuessLimit { get; set; }

    [Parameter(HelpMessage = "Run until it is stopped.")]
    public SwitchParameter NoStopTime { get; set; }

    [Parameter(HelpMessage = "Another name for the one service; what is saved of it is renamed, too."), ValidateNotNullOrEmpty]
    public string? NewName { get; set; }

    [Parameter(HelpMessage = "The service lives on when the session that started it ends.")]
    public SwitchParameter Detach { get; set; }

    [Parameter(HelpMessage = "Files and folders to share, too (wildcards), by a share with -KeepSharing."), ValidateNotNullOrEmpty, SupportsWildcards, Path]
    public string[] AddPath { get; set; } = [];

    [Parameter(HelpMessage = "Files and folders not to share any more (wildcards); downloads under way are cut."), ValidateNotNullOrEmpty, SupportsWildcards, Path]
    public string[] RemovePath { get; set; } = [];

    [Parameter(HelpMessage = "The largest file an inbox takes; 0 for no limit."), Size(AllowZero = true), ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxFileSize { get; set; }

    [Parameter(HelpMessage = "The largest submission an inbox takes; 0 for no limit."), Size(AllowZero = true), ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxSubmissionSize { get; set; }

    [Parameter(HelpMessage = "Files a submission may have."), ValidateRange(1, int.MaxValue)]
    public int MaxFiles { get; set; }

    [Parameter(HelpMessage = "How much an inbox takes in all; 0 for no limit."), Size(AllowZero = true), ArgumentCompleter(typeof(SizeCompleter))]
    public long MaxTotalSize { get; set; }

    [Parameter(HelpMessage = "Space that must stay free on an inbox's disk."), Size(AllowZero = true), ArgumentCompleter(typeof(SizeCompleter))]
    public long MinFreeSpace { get; set; }

    [Parameter(HelpMessage = "Submissions an inbox takes at the same time; 0 for no limit."), ValidateRange(0, int.MaxValue)]
    public int MaxConcurrent { get; set; }

    [Parameter(HelpMessage = "Give the services out as they are now.")]
    public SwitchParameter PassThru { get; set; }

    [Parameter(HelpMessage = "When the service is to stop."), Moment, ArgumentCompleter(typeof(MomentCompleter))]
    public DateTime StopAt { get; set; }

    [Parameter(HelpMessage = "How long the service is to run, counted from the moment it is first reachable."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan StopAfter { get; set; }

    private static readonly string[] Limits = [nameof(MaxFileSize), nameof(MaxSubmissionSize), nameof(MaxFiles), nameof(MaxTotalSize), nameof(MinFreeSpace), nameof(MaxConcurrent)];

    private SharedPaths? _added;
    private bool _renamed;

    private bool IsStopTimeGiven => IsGiven(nameof(StopAt)) || IsGiven(nameof(StopAfter)) || NoStopTime;

    protected override void BeginProcessing()
    {
        Exclude(nameof(StopAt), nameof(StopAfter));
        RequireFuture(nameof(StopAt), StopAt);
        Exclude(nameof(NoStopTime), nameof(StopAt));
        Exclude(nameof(NoStopTime), nameof(StopAfter));
        if (Password is { Length: 0 }) ThrowTerminatingError(Errors.EmptyNewPassword());
        _added = new SharedPaths(this, WriteError);
        _added.AddWildcards(AddPath);
        if (_added.HasRefused) ThrowTerminatingError(PathErrors.NotAllThere());
        if (!Changes().Any()) ThrowTerminatingError(Errors.NothingToChange());
    }

    protected override async Task ProcessRecordAsync()
    {
        var change = new ServiceChange
        {
            Password = Secret.Plain(Password),
            Title = Title,
            Language = IsGiven(nameof(Language)) ? Language ?? "" : null,
            KeepHistory = IsGiven(nameof(KeepHistory)) ? KeepHistory : null,
            GuessLimit = IsGiven(nameof(GuessLimit)) ? GuessLimit : null,
            StopAt = Moment(nameof(StopAt), StopAt),
            StopAfter = IsGiven(nameof(StopAfter)) ? StopAfter : null,
            NoStopTime = NoStopTime,
            Name = NewName,
            Detach = Detach,
            AddPaths = AddPath.Length > 0 ? _added!.All : null,
            AddListed = AddPath.Length > 0 ? _added!.Listed : null,
            MaxFileSize = IsGiven(nameof(MaxFileSize)) ? MaxFileSize : null,
            MaxSubmissionSize = IsGiven(nameof(MaxSubmissionSize)) ? MaxSubmissionSize : null,
            MaxFiles = IsGiven(nameof(MaxFiles)) ? MaxFiles : null,
            MaxTotalSize = IsGiven(nameof(MaxTotalSize)) ? MaxTotalSize : null,
            MinFreeSpace = IsGiven(nameof(MinFreeSpace)) ? MinFreeSpace : null,
            MaxConcurrent = IsGiven(nameof(MaxConcurrent)) ? MaxConcurrent : null,
        };
        var resting = await RestingAsync();
        string[] others = [.. Name.Where(name => !resting.Any(saved => NamePattern.Fits(saved.Name, name)))];
        var services = others.Length == 0 ? [] : await Services.SelectAsync(others, includeEnded: false);
        var count = services.Count + resting.Count;
        if (NewName is not null && (count > 1 || (_renamed && count > 0))) ThrowTerminatingError(Errors.OneNewName());
        _renamed |= count > 0;
        foreach (var saved in resting)
        {
            if (!ShouldProcess($"saved {saved.Mode} '{RemoteText.Show(saved.Name)}'", $"Change its {string.Join(", ", Changes())}")) continue;
            await ForOneAsync(async () =>
            {
                var changed = await Engine.Saved.ChangeAsync(saved.Name, change with { RemovePaths = Removed(saved.Paths) }, StopToken);
                if (PassThru) WriteObject(new OnionSavedService(changed));
            });
        }

        foreach (var service in services)
        {
            if (!ShouldProcess($"{service.Mode} '{RemoteText.Show(service.Name)}'", $"Change its {string.Join(", ", Changes())}")) continue;
            await ForOneAsync(async () =>
            {
                var changed = await Engine.ChangeAsync(service.Id, change with { RemovePaths = Removed(service.Paths) }, StopToken);
                foreach (var warning in changed.Warnings.Except(service.Warnings)) WriteWarning(RemoteText.Show(warning, 1000));
                if (PassThru) WriteObject(LiveService.Of(changed));
                await Vaults.KeepUpAsync(
                    changed,
                    $"The {string.Join(", ", Changes())} of '{RemoteText.Show(changed.Name)}' was changed",
                    IsStopTimeGiven);
            });
        }
    }

    // The saved services that are meant: by their whole names, and only where nothing of that name runs. A wildcard means what runs.
    private async Task<IReadOnlyList<SavedService>> RestingAsync()
    {
        var running = await Services.SelectAsync([], includeEnded: true);
        bool Runs(string name) => running.Any(service => service.Id == name || (!service.State.IsEnded() && NamePattern.Fits(service.Name, name)));
        var names = Name.Where(name => !WildcardPattern.ContainsWildcardCharacters(name) && !Runs(name)).ToList();
        return names.Count == 0 ? [] : [.. (await SavedServices.AllAsync()).Where(saved => saved.ServiceId is null && names.Exists(name => NamePattern.Fits(saved.Name, name)))];
    }

    // What is not shared any more may be gone from the disk, too: wildcards are those of the paths the service has.
    private IReadOnlyList<string>? Removed(IReadOnlyList<string> paths)
    {
        if (RemovePath.Length == 0) return null;
        var removed = new List<string>();
        foreach (var given in RemovePath)
        {
            var path = System.IO.Path.TrimEndingDirectorySeparator(SessionState.Path.GetUnresolvedProviderPathFromPSPath(given));
            var found = BackslashNames.AreIn(given) ? Fitting(paths, BackslashNames.Exact(SessionState.Path, given)) : [];
            if (found.Count == 0) found = Fitting(paths, path);
            removed.AddRange(found.Count > 0 ? found : [path]); // the engine says that there is no such
        }

        return removed;
    }

    private static List<string> Fitting(IReadOnlyList<string> paths, string path)
    {
        var pattern = WildcardPattern.Get(path, WildcardOptions.None);
        return [.. paths.Where(shared => string.Equals(shared, path, StringComparison.Ordinal) || pattern.IsMatch(shared))];
    }

    private IEnumerable<string> Changes()
    {
        if (NewName is not null) yield return "name";
        if (Detach) yield return "owner";
        if (AddPath.Length > 0 || RemovePath.Length > 0) yield return "files";
        if (Password is not null) yield return "password";
        if (Title is not null) yield return "title";
        if (IsGiven(nameof(Language))) yield return "language";
        if (IsGiven(nameof(KeepHistory))) yield return "history";
        if (IsGiven(nameof(GuessLimit))) yield return "guess limit";
        if (IsStopTimeGiven) yield return "stop time";
        if (Limits.Any(IsGiven)) yield return "limits";
    }
}

using System.Management.Automation;
using System.Net;
using System.Security;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Set-OnionService</c>: changes services while they run, and what is saved of them.</summary>
[Cmdlet(VerbsCommon.Set, "OnionService", SupportsShouldProcess = true)]
[OutputType(typeof(OnionService))]
public sealed class SetOnionServiceCommand : TimedCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, HelpMessage = "Names (wildcards), ids, or services.")]
    [Alias("Id"), SupportsWildcards, ServiceName, ArgumentCompleter(typeof(ServiceNameCompleter))]
    public string[] Name { get; set; } = [];

    [Parameter(HelpMessage = "Another password for visitors, a string or a SecureString."), Password]
    public SecureString? Password { get; set; }

    [Parameter(HelpMessage = "Another title for its pages."), ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    [Parameter(HelpMessage = "Different wrong passwords after which the service stops; 0 = never, only delay."), ValidateRange(0, int.MaxValue)]
    public int GuessLimit { get; set; }

    [Parameter(HelpMessage = "Run until it is stopped.")]
    public SwitchParameter NoStopTime { get; set; }

    [Parameter(HelpMessage = "Give the services out as they are now.")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        CheckTimes();
        Exclude(nameof(NoStopTime), nameof(StopAt));
        Exclude(nameof(NoStopTime), nameof(StopAfter));
        if (Password is { Length: 0 }) ThrowTerminatingError(Errors.EmptyPassword());
        if (!Changes().Any()) ThrowTerminatingError(Errors.NothingToChange());
    }

    /// <inheritdoc/>
    protected override async Task ProcessRecordAsync()
    {
        var change = new ServiceChange
        {
            Password = Password is null ? null : new NetworkCredential("", Password).Password,
            Title = Title,
            GuessLimit = IsGiven(nameof(GuessLimit)) ? GuessLimit : null,
            StopAt = StopMoment,
            StopAfter = StopSpan,
            NoStopTime = NoStopTime,
        };
        foreach (var service in await SelectAsync(Name, includeEnded: false))
        {
            if (!ShouldProcess($"{service.Mode} '{RemoteText.Show(service.Name)}'", $"Change its {string.Join(", ", Changes())}")) continue;
            await ForOneAsync(async () =>
            {
                var changed = await AskAsync(client => client.ChangeAsync(service.Id, change, StopToken));
                if (PassThru) WriteObject(LiveService.Of(changed));
                await KeepUpAsync(
                    changed,
                    $"The {string.Join(", ", Changes())} of '{RemoteText.Show(changed.Name)}' was changed",
                    StopMoment is not null || StopSpan is not null || NoStopTime);
            });
        }
    }

    private IEnumerable<string> Changes()
    {
        if (Password is not null) yield return "password";
        if (Title is not null) yield return "title";
        if (IsGiven(nameof(GuessLimit))) yield return "guess limit";
        if (IsGiven(nameof(StopAt)) || IsGiven(nameof(StopAfter)) || NoStopTime) yield return "stop time";
    }
}

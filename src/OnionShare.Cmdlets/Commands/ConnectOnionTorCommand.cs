using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Pipeline;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// <c>Connect-OnionTor</c>: connects tor with the saved settings, and falls back to the last good ones where they don't connect. Where Tor seems to be
/// blocked it gets bridges, if a person wants it to, and tries one kind after the other.
/// </summary>
[Cmdlet(VerbsCommunications.Connect, "OnionTor", SupportsShouldProcess = true)]
[OutputType(typeof(OnionTor))]
public sealed class ConnectOnionTorCommand : PipedTorCommand
{
    [Parameter(HelpMessage = "Where tor does not connect, get bridges from the Tor Project, outside Tor, and try them; a console is asked first without it.")]
    public SwitchParameter AutoBridge { get; set; }

    [Parameter(HelpMessage = "The country to get bridges for, two letters; without it the service guesses it from the address it sees.")]
    [ValidatePattern("^[A-Za-z]{2}$"), ArgumentCompleter(typeof(CountryCompleter))]
    public string? Country { get; set; }

    [Parameter(HelpMessage = "The address of the service that gives out bridges in place of the Tor Project's."), ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    [Parameter(HelpMessage = "The bridge line of the meek transport that asks it, in place of the built-in one."), ValidateNotNullOrEmpty]
    public string? MeekBridge { get; set; }

    private protected override async Task RunAsync()
    {
        if (!ShouldProcess("tor", "Connect to the Tor network with the saved settings")) return;
        try
        {
            await ConnectAsync();
        }
        catch (ProblemException failure) when (failure.Problem is { Code: ProblemCodes.TorNotConnected, Status: not 409 } && !IsForbidden())
        {
            var before = await Engine.Tor.SettingsAsync(StopToken);
            if (!TakesBridges(before, await Engine.Tor.StatusAsync(StopToken)) || !await IsAllowedAsync(failure.Problem)) throw;
            await SearchAsync(before);
        }

        var tor = await TorAsync();
        if (tor.Weakness is { } weakness) WriteWarning(weakness + " Update it.");
        WriteObject(tor);
    }

    private Task ConnectAsync() => WatchTorAsync("Connecting tor", () => Engine.Tor.ConnectAsync(StopToken));

    private bool IsForbidden() => IsOff(nameof(AutoBridge)) || IsOff("Confirm");

    // A tor that somebody else runs has bridges of its own.
    private static bool TakesBridges(TorSettings settings, TorStatus tor) =>
        settings.Connection is TorConnectionType.Automatic or TorConnectionType.Own or TorConnectionType.TorSharp
        && tor.Connection is null or TorConnectionType.Own or TorConnectionType.TorSharp;

    // Before anything leaves this computer: who would see what is said by the engine, which refuses to ask until it was allowed.
    private async Task<bool> IsAllowedAsync(Problem failure)
    {
        string whoSees;
        try
        {
            await RequestAsync(allowed: false);
            return true;
        }
        catch (ProblemException refusal) when (refusal.Problem.Code == ProblemCodes.OutsideTor)
        {
            whoSees = refusal.Problem.Detail;
        }

        if (AutoBridge)
        {
            WriteWarning($"tor does not connect: {failure.Detail} ASKING FOR BRIDGES OUTSIDE TOR. {whoSees}");
            return true;
        }

        return PipelinePump.Outside(() => Question.IsYes(
            Host,
            "tor does not connect",
            $"{failure.Detail}\nWhere Tor is blocked, bridges are a way in. Ask the Tor Project for some now, and try them? {whoSees}",
            "Asks for bridges, outside Tor, and tries one kind after the other; the kind that connects is saved.",
            "Asks nobody; tor stays unconnected."));
    }

    private Task<IReadOnlyList<BridgeOffer>> RequestAsync(bool allowed) => AskTorProjectAsync(new BridgeRequest
    {
        Country = Country?.ToLowerInvariant(),
        Route = BridgeRequestRoute.Meek,
        OutsideTor = allowed,
        Source = Source,
        MeekBridge = MeekBridge,
    });

    private async Task SearchAsync(TorSettings before)
    {
        var isFound = false;
        var tried = new List<string>();
        try
        {
            foreach (var (kind, settings) in await KindsAsync())
            {
                tried.Add(kind);
                if (isFound = await IsConnectedByAsync(kind, settings)) return;
            }
        }
        finally
        {
            // Ctrl+C, too, leaves the settings as they were. A password is not among them, and is not touched.
            if (!isFound) await Engine.Tor.ChangeAsync(GivenTorSettings.Of(before), CancellationToken.None);
        }

        ThrowTerminatingError(TorErrors.NoBridgeConnects(tried));
    }

    /// <summary>What the Tor Project recommends, in its order, and then the sets that are built in.</summary>
    private async Task<IReadOnlyList<(string Kind, TorSettings Settings)>> KindsAsync()
    {
        IReadOnlyList<BridgeOffer> offers = [];
        try
        {
            offers = await RequestAsync(allowed: true);
        }
        catch (ProblemException failure) when (failure.Problem.Code is not ProblemCodes.InvalidRequest)
        {
            WriteWarning($"No bridges came: {RemoteText.Show(failure.Problem.Detail, 1000)} Those that are built in are tried.");
        }

        foreach (var note in offers.SelectMany(offer => new[] { offer.Note, offer.Missing }).OfType<string>().Distinct()) WriteWarning(RemoteText.Show(note, 1000));
        return
        [
            .. offers.Where(offer => offer.Missing is null).Select(offer => (Name(offer), new TorSettings { Bridges = offer.Lines })),
            .. Enum.GetValues<BuiltInBridges>().Select(set => ($"the built-in {set.ToString().ToLowerInvariant()} bridges", new TorSettings { BuiltInBridges = set })),
        ];
    }

    private static string Name(BridgeOffer offer)
    {
        var transport = RemoteText.Show(offer.Transport);
        var where = offer.Country is { } country ? $", recommended for {RemoteText.Show(country)}" : "";
        return $"{offer.Lines.Count} {transport} {(offer.Lines.Count == 1 ? "bridge" : "bridges")} from the Tor Project{where}";
    }

    private async Task<bool> IsConnectedByAsync(string kind, TorSettings settings)
    {
        WriteHost($"Trying {kind}.");
        try
        {
            await Engine.Tor.ChangeAsync(GivenTorSettings.Of(settings), StopToken);
            await ConnectAsync();
            WriteHost($"tor is connected by {kind}. That is saved.");
            return true;
        }
        catch (ProblemException failure) when (failure.Problem.Code == ProblemCodes.TorFellBack)
        {
            WriteWarning(failure.Problem.Detail);
            return true;
        }
        catch (ProblemException failure) when (failure.Problem.Code is ProblemCodes.TorNotConnected or ProblemCodes.TransportNotFound or ProblemCodes.TorSettings)
        {
            WriteHost($"No connection by {kind}: {RemoteText.Show(failure.Problem.Detail, 1000)}");
            return false;
        }
    }
}

using System.Security;
using OnionShare.Cmdlets.Completion;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Set-OnionTor</c>: says which tor is used and how it reaches the Tor network, for the next time it is connected.</summary>
[Cmdlet(VerbsCommon.Set, "OnionTor", DefaultParameterSetName = SettingsSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionTor), ParameterSetName = [SettingsSet, RequestSet])]
[OutputType(typeof(OnionBridgeOffer), ParameterSetName = [RequestSet])]
public sealed class SetOnionTorCommand : TorCommand
{
    private const string SettingsSet = "Settings";
    private const string RequestSet = "RequestBridges";

    private readonly GivenTorSettings _given;

    public SetOnionTorCommand() => _given = new GivenTorSettings(this);

    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = SettingsSet, HelpMessage = "Bridge lines; from the pipeline, too.")]
    [BridgeLine]
    public string[] Bridge { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "How the engine gets a tor.")]
    public TorConnectionType Connection { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The path of the tor program to run."), ValidateNotNullOrEmpty]
    public string? Executable { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The control endpoint of a tor that runs.")]
    [ValidateNotNullOrEmpty, ArgumentCompleter(typeof(ControlEndpointCompleter))]
    public string? ControlEndpoint { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The password of that endpoint, a string or a SecureString."), Password]
    public SecureString? ControlPassword { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Where the cookie of that endpoint can be read, when it is not where tor says.")]
    [ValidateNotNullOrEmpty]
    public string? CookieFile { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The SOCKS endpoint of that tor, when it can't tell it."), ValidateNotNullOrEmpty]
    public string? SocksEndpoint { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The IP address the services listen on."), ValidateNotNullOrEmpty]
    public string? BindAddress { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The IP address at which tor reaches the services."), ValidateNotNullOrEmpty]
    public string? OnionTarget { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Text files with bridge lines."), ValidateNotNullOrEmpty]
    public string[] BridgeFile { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "A built-in set of bridges.")]
    public BuiltInBridges? BuiltInBridges { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Use no bridges.")]
    public SwitchParameter NoBridges { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Paths of programs for pluggable transports."), ValidateNotNullOrEmpty]
    public string[] TransportExecutable { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The proxy between tor and its relays."), ValidateNotNullOrEmpty]
    public string? Proxy { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "User and password for the proxy."), Credential]
    public PSCredential? ProxyCredential { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The only addresses and ports a firewall lets through; a port alone stands for any address.")]
    [ValidateNotNullOrEmpty]
    public string[] ReachableAddresses { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The Internet Protocol to the relays.")]
    public TorAddressFamily AddressFamily { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Further lines for the torrc of a tor the engine runs."), ValidateNotNullOrEmpty]
    public string[] Torrc { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "How long to wait for the connection to the Tor network."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? ConnectTimeout { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Settings to take back to their defaults.")]
    [ValidateSet(typeof(TorSettingNames))]
    public string[] Reset { get; set; } = [];

    [Parameter(Mandatory = true, ParameterSetName = RequestSet, HelpMessage = "Ask the Tor Project which bridges work, and save them.")]
    public SwitchParameter RequestBridges { get; set; }

    [Parameter(ParameterSetName = RequestSet, HelpMessage = "The country to ask for, two letters; without it the service guesses it from the address it sees.")]
    [ValidatePattern("^[A-Za-z]{2}$"), ArgumentCompleter(typeof(CountryCompleter))]
    public string? Country { get; set; }

    [Parameter(ParameterSetName = RequestSet, HelpMessage = "Only bridges of these transports.")]
    [ValidateNotNullOrEmpty, ArgumentCompleter(typeof(TransportCompleter))]
    public string[] Transport { get; set; } = [];

    [Parameter(ParameterSetName = RequestSet, HelpMessage = "How to ask.")]
    public BridgeRequestRoute Through { get; set; }

    [Parameter(ParameterSetName = RequestSet, HelpMessage = "Ask outside Tor, on a route that others can see.")]
    public SwitchParameter OutsideTor { get; set; }

    [Parameter(ParameterSetName = RequestSet, HelpMessage = "The address of the service's API in place of the Tor Project's.")]
    [ValidateNotNullOrEmpty]
    public string? Source { get; set; }

    [Parameter(ParameterSetName = RequestSet, HelpMessage = "The bridge line of the meek transport in place of the built-in one.")]
    [ValidateNotNullOrEmpty]
    public string? MeekBridge { get; set; }

    [Parameter(HelpMessage = "Give tor out as it is, with the new settings.")]
    public SwitchParameter PassThru { get; set; }

    protected override void BeginProcessing()
    {
        if (!RequestBridges) _given.Check();
    }

    protected override Task ProcessRecordAsync()
    {
        _given.Add(Bridge);
        return Task.CompletedTask;
    }

    protected override async Task EndProcessingAsync()
    {
        if (RequestBridges)
        {
            await RequestAsync();
            return;
        }

        _given.End();
        if (!ShouldProcess("tor's settings", _given.Intent)) return;
        await Engine.Tor.ChangeAsync(_given.ToPatch(), StopToken);
        await ReportAsync();
    }

    private async Task ReportAsync()
    {
        var tor = await TorAsync();
        if (PassThru) WriteObject(tor);
        else if (tor.State is nameof(TorState.Off) or nameof(TorState.Failed)) WriteVerbose("Saved. The settings are used when tor is next connected.");
        else WriteWarning("Saved. tor goes on with the settings it was connected with; Connect-OnionTor connects it with these.");
    }

    private async Task RequestAsync()
    {
        var isOutside = Through != BridgeRequestRoute.Tor;
        var action = $"Ask for bridges{(Country is null ? "" : $" for {Country}")} through {Through}{(isOutside ? ", outside Tor," : "")} and save them";
        var request = new BridgeRequest
        {
            Country = Country?.ToLowerInvariant(),
            Transports = Transport,
            Route = Through,
            Source = Source,
            MeekBridge = MeekBridge,
        };
        // Refused by the engine, which asks nobody and says who would see what. With -WhatIf, too: it must not promise what is refused.
        if (isOutside && !OutsideTor) await AskTorProjectAsync(request);
        if (!ShouldProcess("the Tor Project", action)) return;

        var offers = await OffersAsync(request);
        if (offers.Count == 0) ThrowTerminatingError(TorErrors.NoBridgesOffered(Country));

        foreach (var note in offers.Select(offer => offer.Note).OfType<string>().Distinct()) WriteWarning(RemoteText.Show(note, 1000));
        var saved = await SaveFirstAsync(offers);
        foreach (var offer in offers)
        {
            var shown = new OnionBridgeOffer(offer, offer == saved);
            if (PassThru) WriteVerbose($"{shown}{(shown.Saved ? ", saved" : "")}");
            else WriteObject(shown);
        }

        await ReportAsync();
    }

    private async Task<IReadOnlyList<BridgeOffer>> OffersAsync(BridgeRequest request)
    {
        try
        {
            return await AskTorProjectAsync(request);
        }
        catch (ProblemException refusal) when (refusal.Problem.Code == ProblemCodes.OutsideTor && OutsideTor)
        {
            // Refused, so nothing was asked so far: whoever sees what is said before anybody can.
            WriteWarning($"ASKING OUTSIDE TOR. {refusal.Problem.Detail}");
        }

        return await AskTorProjectAsync(request with { OutsideTor = true });
    }

    private async Task<BridgeOffer> SaveFirstAsync(IReadOnlyList<BridgeOffer> offers)
    {
        foreach (var missing in offers.TakeWhile(offer => offer.Missing is not null))
            WriteWarning($"{RemoteText.Show(missing.Transport)} can't be used: {RemoteText.Show(missing.Missing, 1000)}");
        var best = offers.FirstOrDefault(offer => offer.Missing is null);
        if (best is null) ThrowTerminatingError(TorErrors.NoBridgesUsable(offers));

        await Engine.Tor.ChangeAsync(GivenTorSettings.Of(new TorSettings { Bridges = best!.Lines }), StopToken);
        return best;
    }
}

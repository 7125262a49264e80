using System.Management.Automation;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Set-OnionTor -RequestBridges</c>: bridges as the Tor Project recommends them for a country.</summary>
public sealed partial class SetOnionTorCommand
{
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
        if (offers.Count == 0) ThrowTerminatingError(Errors.NoBridgesOffered(Country));

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

    private Task<IReadOnlyList<BridgeOffer>> AskTorProjectAsync(BridgeRequest request) => ShowWaitAsync(
        "Asking the Tor Project for bridges", $"Through {Through}", () => Engine.Tor.RequestBridgesAsync(request, StopToken));

    private async Task<BridgeOffer> SaveFirstAsync(IReadOnlyList<BridgeOffer> offers)
    {
        foreach (var missing in offers.TakeWhile(offer => offer.Missing is not null))
            WriteWarning($"{RemoteText.Show(missing.Transport)} can't be used: {RemoteText.Show(missing.Missing, 1000)}");
        var best = offers.FirstOrDefault(offer => offer.Missing is null);
        if (best is null) ThrowTerminatingError(Errors.NoBridgesUsable(offers));

        var patch = new TorSettingsPatch(new TorSettings { Bridges = best!.Lines }, BridgeSettings.ToHashSet());
        await Engine.Tor.ChangeAsync(patch, StopToken);
        return best;
    }
}

using System.Net;
using System.Security.Cryptography.X509Certificates;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>
/// Asks the Tor Project's circumvention service for bridges, when a person wants it and on the one route that person chose. A route outside Tor is taken
/// only when it was allowed in so many words.
/// </summary>
internal sealed class BridgeInquiry(ITor tor, Func<TorSettings> settings, ILogger logger)
{
    /// <summary>The front through which Tor Browser asks (tor-browser, extensions.torlauncher.bridgedb_reflector and …_front).</summary>
    private const string Meek = "meek_lite 192.0.2.20:80 url=https://bespoke-strudel-c243cc.netlify.app front=vuejs.org";

    private const int MostTransports = 16;

    /// <summary>How long one answer may take. meek is slow, and a circuit of its own has to be built first.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The certificate authorities to trust in place of this computer's; null for those.</summary>
    public X509Certificate2Collection? Roots { get; init; }

    /// <returns>What the service recommends, the best first.</returns>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.OutsideTor"/>, <see cref="ProblemCodes.TorNotConnected"/>, <see cref="ProblemCodes.TransportNotFound"/>,
    /// <see cref="ProblemCodes.BridgesNotFound"/>, or <see cref="ProblemCodes.InvalidRequest"/>.
    /// </exception>
    public async Task<IReadOnlyList<BridgeOffer>> AskAsync(BridgeRequest request, CancellationToken cancellationToken)
    {
        var source = CircumventionSource.Parse(request.Source);
        var question = Question(request);
        await using var route = await RouteAsync(request, source, cancellationToken);
        using var client = new CircumventionClient(source, route.OpenAsync, Limit, Roots);
        var (answer, note) = await AnswerAsync(client, question, cancellationToken);
        var offers = await new BridgeOffers(client).ReadAsync(answer, note, cancellationToken);
        return [.. offers.Select(offer => offer with { Missing = Missing(offer.Transport) })];
    }

    private static CircumventionQuestion Question(BridgeRequest request)
    {
        if (request.Country is { } country && !(country.Length == 2 && country.All(char.IsAsciiLetter)))
            throw Refused($"'{RemoteText.Show(country, 40)}' is no country.", "Give two letters: cn, ir, ru, tm …", country);
        if (request.Transports is { } transports && (transports.Count > MostTransports || transports.Any(name => name is null || !BridgeLine.IsName(name))))
            throw Refused("What was given as transports are no names of transports.", "They are: obfs4, snowflake, webtunnel, meek_lite …", null);
        return new CircumventionQuestion(request.Country?.ToLowerInvariant(), request.Transports is [] ? null : request.Transports);
    }

    private async Task<CircumventionRoute> RouteAsync(BridgeRequest request, Uri source, CancellationToken cancellationToken)
    {
        var current = settings();
        var proxy = current.Proxy is { } text ? OutgoingProxy.Parse(text) : null;
        switch (request.Route)
        {
            case BridgeRequestRoute.Tor:
                return new TorRoute(Socks() ?? throw new ProblemException(new Problem(
                    ProblemCodes.TorNotConnected, "The circumvention service was to be asked through Tor, and tor is not connected.",
                    "Connect-OnionTor first. Where that is not possible without bridges, ask by the route Meek or Proxy, which goes outside Tor.")
                { Status = 409 }));
            case BridgeRequestRoute.Proxy:
                if (proxy is null)
                    throw Refused("No proxy is set to ask through.", "Set one (Set-OnionTor -Proxy), or ask by another route.", null);
                Allow(request, OutsideTor.ByProxy(source, proxy));
                return new ProxyRoute(proxy);
            case BridgeRequestRoute.Meek:
                var bridge = MeekBridge(request.MeekBridge ?? Meek);
                Allow(request, OutsideTor.ByMeek(bridge, proxy));
                var program = TransportPlaces.OfThisMachine(current.TransportExecutables, current.Executable).Find(bridge.Transport!);
                return await MeekRoute.StartAsync(program, bridge, proxy, logger, cancellationToken);
            default:
                throw Refused($"'{request.Route}' is no route.", "They are Tor, Meek and Proxy.", null);
        }
    }

    private string? Missing(string transport)
    {
        var current = settings();
        if (transport == BridgeLine.Plain || CustomTorrc.Transports(CustomTorrc.Read(current.Torrc)).Contains(transport)) return null;
        // A tor that runs already was found; what lies beside it counts.
        var program = tor.Status is { Connection: TorConnectionType.Own or TorConnectionType.TorSharp, Source: { } running } ? running : current.Executable;
        try
        {
            TransportPlaces.OfThisMachine(current.TransportExecutables, program).Find(transport);
            return null;
        }
        catch (ProblemException missing) when (missing.Problem.Code == ProblemCodes.TransportNotFound)
        {
            return missing.Problem.ToString();
        }
    }

    private EndPoint? Socks() => tor.Status is { State: TorState.Connected, Socks: { } socks } ? ProxyConnection.Parse(socks) : null;

    private static BridgeLine MeekBridge(string line)
    {
        if (BridgeLine.TryParse(line, out var wrong) is not { } bridge)
            throw Refused($"The bridge line of the meek transport can't be used: it {wrong}.", "It is: meek_lite IP:port url=… front=…", line);
        return bridge.Transport == "meek_lite"
            ? bridge
            : throw Refused("The bridge line of the meek transport is one of another transport.", "It is: meek_lite IP:port url=… front=…", line);
    }

    private static void Allow(BridgeRequest request, string whoSees)
    {
        if (!request.OutsideTor)
        {
            throw new ProblemException(
                ProblemCodes.OutsideTor, "This question would NOT go through Tor. " + whoSees,
                "Nothing was sent. If nobody may learn that this computer looks for bridges, ask over a Tor connection elsewhere, or by mail to bridges@torproject.org. " +
                "Else allow it: OutsideTor.");
        }
    }

    // Only that the service has nothing for this country is an answer to go on with.
    private static async Task<(CircumventionAnswer Answer, string? Note)> AnswerAsync(
        CircumventionClient client, CircumventionQuestion question, CancellationToken cancellationToken)
    {
        var where = question.Country is null ? "the country of the address it sees" : $"'{question.Country}'";
        var answer = await client.SettingsAsync(question, cancellationToken);
        var note = answer switch
        {
            { Errors: [{ Code: 404 }, ..] } => $"The service knows of no {(question.Transports is null ? "bridges" : "bridges of these transports")} that work in {where}.",
            { Errors: [{ Code: 406 }, ..] } when question.Country is null => "The service could not tell which country this is; name it (Country).",
            { Errors: { } errors } => throw Refusal(errors),
            { Settings: null or [] } => $"The service knows of nothing that blocks Tor in {(answer.Country is { } known ? $"'{RemoteText.Show(known, 10)}'" : where)}: it may work without bridges.",
            _ => null,
        };
        if (note is null)
            return (answer with { Country = answer.Country ?? question.Country }, null);
        answer = await client.DefaultsAsync(question.Transports, cancellationToken);
        if (answer.Errors is { } none)
            throw Refusal(none, note);
        return (answer with { Country = null }, $"{note} These are recommended to everybody.");
    }

    private static ProblemException Refusal(IReadOnlyList<CircumventionError?> errors, string? before = null) => new(
        ProblemCodes.BridgesNotFound,
        $"{before} The circumvention service answers: {(errors is [{ } error, ..] ? CircumventionClient.Shown(error) : "an error")}.".TrimStart(),
        "Ask without naming transports, or for another country.");

    private static ProblemException Refused(string detail, string advice, string? target) =>
        new(ProblemCodes.InvalidRequest, detail, advice, target);
}

/// <summary>Says who would see what when a question goes past Tor.</summary>
internal static class OutsideTor
{
    /// <summary>When it goes through the proxy of the settings.</summary>
    public static string ByProxy(Uri service, OutgoingProxy proxy) =>
        $"The network between this computer and the proxy {proxy.Host}, and whoever runs it, would see that this computer connects to {service.IdnHost}, " +
        "which is where bridges are given out; what is asked is encrypted. The service would see the proxy's address and guess the country from it.";

    /// <summary>When it goes through a meek transport.</summary>
    public static string ByMeek(BridgeLine bridge, OutgoingProxy? proxy)
    {
        var url = new Uri(bridge.Argument("url")!);
        var front = bridge.Argument("front") ?? bridge.Argument("fronts") ?? url.IdnHost;
        var way = proxy is null ? "" : $" through the proxy {proxy.Host}";
        return $"The network of this computer would see an encrypted connection to {front}{way}, and the question for that name. The provider behind it would see this " +
            $"computer's address and that it is {url.IdnHost} that is wanted, and hands the address on; so the Tor Project's service could learn it. What is asked is encrypted from here to the service.";
    }
}

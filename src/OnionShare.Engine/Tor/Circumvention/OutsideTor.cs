using OnionShare.Engine.Tor.Bridges;

namespace OnionShare.Engine.Tor.Circumvention;

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

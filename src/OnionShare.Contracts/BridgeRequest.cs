namespace OnionShare.Contracts;

/// <summary>How the Tor Project's circumvention service is reached.</summary>
public enum BridgeRequestRoute
{
    /// <summary>Through tor, when it is connected; else refused.</summary>
    Tor,

    /// <summary>Through a meek transport: outside Tor, hidden in traffic to a large provider.</summary>
    Meek,

    /// <summary>Through the proxy of the settings: outside Tor.</summary>
    Proxy,
}

/// <summary>The body of <c>POST /v1/tor/bridges</c>: asks the Tor Project which bridges work from a country.</summary>
public sealed record BridgeRequest
{
    /// <summary>The country to ask for, two letters (ISO 3166-1); null to let the service guess it from the address it sees.</summary>
    public string? Country { get; init; }

    /// <summary>The transports to offer (obfs4, snowflake, webtunnel, meek_lite …); null for all.</summary>
    public IReadOnlyList<string>? Transports { get; init; }
    public BridgeRequestRoute Route { get; init; }

    /// <summary>Must be true for a route outside Tor: the network sees that something is asked, the service sees an address that is not Tor's.</summary>
    public bool OutsideTor { get; init; }

    /// <summary>The API's address in place of the Tor Project's: https, or http at 127.0.0.1 or an onion address.</summary>
    public string? Source { get; init; }

    /// <summary>The bridge line of the meek transport in place of the built-in one.</summary>
    public string? MeekBridge { get; init; }
}

/// <summary>A set of bridges the Tor Project recommends; the first of several is the best.</summary>
public sealed record BridgeOffer
{
    /// <summary>The transport: obfs4, snowflake, webtunnel, meek_lite …</summary>
    public required string Transport { get; init; }

    /// <summary>Where they come from, in the service's words: builtin or bridgedb.</summary>
    public required string Source { get; init; }

    /// <summary>The country the recommendation is for, two small letters; null when it is for everybody.</summary>
    public string? Country { get; init; }
    public required IReadOnlyList<string> Lines { get; init; }

    /// <summary>What to know about it, a sentence for a person: that it is not for the country that was asked for, that lines were left out; else null.</summary>
    public string? Note { get; init; }

    /// <summary>Which program is missing here for its transport, and how to get it; null when it can be used.</summary>
    public string? Missing { get; init; }
}

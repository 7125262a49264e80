namespace OnionShare;

/// <summary>A set of bridges the Tor Project recommends. <c>Set-OnionTor</c> takes it from the pipeline as its lines.</summary>
public sealed class OnionBridgeOffer
{
    private readonly BridgeOffer _offer;

    internal OnionBridgeOffer(BridgeOffer offer, bool saved)
    {
        _offer = offer;
        Saved = saved;
    }

    /// <summary>The transport: obfs4, snowflake, webtunnel, meek_lite …</summary>
    public string Transport => RemoteText.Show(_offer.Transport);

    /// <summary>Where they come from, in the service's words: builtin or bridgedb.</summary>
    public string Source => RemoteText.Show(_offer.Source);

    /// <summary>The country the recommendation is for; null when it is for everybody.</summary>
    public string? Country => _offer.Country is { } country ? RemoteText.Show(country) : null;
    public OnionTexts Lines => new(_offer.Lines);

    /// <summary>What to know about them; null where there is nothing.</summary>
    public string? Note => _offer.Note is { } note ? RemoteText.Show(note, 1000) : null;

    /// <summary>Which program is missing here for the transport; null when they can be used.</summary>
    public string? Missing => _offer.Missing is { } missing ? RemoteText.Show(missing, 1000) : null;

    public bool Saved { get; }

    /// <summary>The transport and how many bridges there are.</summary>
    public override string ToString() => $"{Transport}: {Lines.Count} bridge(s)";
}

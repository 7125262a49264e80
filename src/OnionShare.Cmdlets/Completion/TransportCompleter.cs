namespace OnionShare.Cmdlets.Completion;

/// <summary>Completes the pluggable transports of bridges the Tor Project gives out.</summary>
public sealed class TransportCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> Usual =>
    [
        ("obfs4", "Looks like nothing at all"),
        ("snowflake", "Through the browsers of volunteers"),
        ("webtunnel", "Looks like a visit to a website"),
        ("meek_lite", "Looks like a visit to a large provider"),
    ];
}

namespace OnionShare.Cmdlets.Completion;

public sealed class DurationCompleter : UsualCompleter
{
    private protected override IEnumerable<(string Value, string Tooltip)> Usual =>
    [
        ("30s", "30 seconds"),
        ("5m", "5 minutes"),
        ("30m", "30 minutes"),
        ("1h", "An hour"),
        ("2h", "2 hours"),
        ("1d", "A day"),
        ("1d12h", "A day and a half"),
        ("7d", "A week"),
    ];
}

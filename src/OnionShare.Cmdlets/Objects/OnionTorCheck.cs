namespace OnionShare;

public sealed class OnionTorCheck
{
    private const int TextLength = 1000;

    private readonly TorCheck _check;

    internal OnionTorCheck(TorCheck check) => _check = check;

    /// <summary>What was looked at: executable, version, control, clock, bootstrap, descriptor, round-trip.</summary>
    public string Name => _check.Name;
    public string Result => _check.Result.ToString();
    public string Detail => RemoteText.Show(_check.Detail, TextLength);

    /// <summary>What to do about it; null where there is nothing to do.</summary>
    public string? Advice => _check.Advice is { } advice ? RemoteText.Show(advice, TextLength) : null;
    public TimeSpan Elapsed => _check.Elapsed;

    public override string ToString() => $"{Name}: {Result}";
}

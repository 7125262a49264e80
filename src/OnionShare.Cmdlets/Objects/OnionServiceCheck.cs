namespace OnionShare;

/// <summary>A step of a visit to a service of one's own.</summary>
public sealed class OnionServiceCheck
{
    private const int TextLength = 1000;

    private readonly TorCheck _check;

    internal OnionServiceCheck(string service, TorCheck check) => (Service, _check) = (service, check);

    public string Service { get; }

    /// <summary>What was looked at: descriptor, circuit, password, page, download.</summary>
    public string Step => _check.Name;
    public string Result => _check.Result.ToString();
    public string Detail => RemoteText.Show(_check.Detail, TextLength);

    /// <summary>What to do about it; null where there is nothing to do.</summary>
    public string? Advice => _check.Advice is { } advice ? RemoteText.Show(advice, TextLength) : null;
    public TimeSpan Elapsed => _check.Elapsed;

    public override string ToString() => $"{Service}, {Step}: {Result}";
}

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>What one step of a diagnosis found.</summary>
/// <param name="Result">How it went.</param>
/// <param name="Detail">A sentence for a person.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
internal sealed record CheckOutcome(TorCheckResult Result, string Detail, string? Advice = null)
{
    public static CheckOutcome Passed(string detail, string? advice = null) => new(TorCheckResult.Passed, detail, advice);

    /// <summary>It works, but something about it will make trouble.</summary>
    public static CheckOutcome Warning(string detail, string advice) => new(TorCheckResult.Warning, detail, advice);

    public static CheckOutcome Failed(string detail, string? advice) => new(TorCheckResult.Failed, detail, advice);

    /// <summary>It does not work, as a problem says.</summary>
    public static CheckOutcome Failed(Problem problem) => new(TorCheckResult.Failed, problem.Detail, problem.Advice);

    public static CheckOutcome Skipped(string why) => new(TorCheckResult.Skipped, why);

    public TorCheck As(string name, TimeSpan elapsed) => new() { Name = name, Result = Result, Detail = Detail, Advice = Advice, Elapsed = elapsed };
}

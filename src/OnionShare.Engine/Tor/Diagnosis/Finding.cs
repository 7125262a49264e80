using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>What one step of a diagnosis found.</summary>
/// <param name="Result">How it went.</param>
/// <param name="Detail">A sentence for a person.</param>
/// <param name="Advice">What to do; null where there is nothing to do.</param>
internal sealed record Finding(TorCheckResult Result, string Detail, string? Advice = null)
{
    public static Finding Passed(string detail, string? advice = null) => new(TorCheckResult.Passed, detail, advice);

    /// <summary>It works, but something about it will make trouble.</summary>
    public static Finding Warning(string detail, string advice) => new(TorCheckResult.Warning, detail, advice);

    /// <summary>It does not work.</summary>
    public static Finding Failed(string detail, string? advice) => new(TorCheckResult.Failed, detail, advice);

    /// <summary>It does not work, as a problem says.</summary>
    public static Finding Failed(Problem problem) => new(TorCheckResult.Failed, problem.Detail, problem.Advice);

    /// <summary>Not looked at.</summary>
    public static Finding Skipped(string why) => new(TorCheckResult.Skipped, why);
}

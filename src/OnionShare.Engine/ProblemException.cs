using OnionShare.Contracts;

namespace OnionShare.Engine;

/// <summary>A failure that is told to a person as it is: what happened, to what, and what to do.</summary>
public sealed class ProblemException(Problem problem, Exception? cause = null) : Exception(problem.ToString(), cause)
{
    /// <summary>The problem to report.</summary>
    public Problem Problem { get; } = problem;
}

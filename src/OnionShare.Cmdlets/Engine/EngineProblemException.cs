using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>A problem the engine reported, or one in reaching it.</summary>
public sealed class EngineProblemException : Exception
{
    /// <summary>Wraps a problem; the message is its sentence and its advice.</summary>
    public EngineProblemException(Problem problem, Exception? cause = null)
        : base((problem ?? throw new ArgumentNullException(nameof(problem))).ToString(), cause) => Problem = problem;

    /// <summary>What happened, to what, and what to do.</summary>
    public Problem Problem { get; }
}

namespace OnionShare.Contracts;

/// <summary>A failure that is told to a person as it is: what happened, to what, and what to do.</summary>
public sealed class ProblemException : Exception
{
    /// <summary>Wraps a problem; the message is its sentence and its advice.</summary>
    public ProblemException(Problem problem, Exception? cause = null)
        : base((problem ?? throw new ArgumentNullException(nameof(problem))).ToString(), cause) => Problem = problem;

    /// <summary>Makes the problem, too; its status follows from the code.</summary>
    public ProblemException(string code, string detail, string? advice = null, string? target = null, Exception? cause = null)
        : this(new Problem(code, detail, advice, target), cause)
    {
    }

    public Problem Problem { get; }
}

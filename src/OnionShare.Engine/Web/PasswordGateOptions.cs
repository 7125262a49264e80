namespace OnionShare.Engine.Web;

public sealed record PasswordGateOptions
{
    /// <summary>Different wrong passwords after which the gate closes for good; 0 = never, only delay.</summary>
    public int GuessLimit { get; init; } = 20;

    /// <summary>What the first wrong password waits for its answer; each further one waits as much longer.</summary>
    public TimeSpan DelayStep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What any wrong password waits at most.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wrong passwords remembered, as keyed hashes, to tell a new one from a repeated one.</summary>
    public int MaximumRemembered { get; init; } = 4096;

    /// <summary>Called after each new wrong password with the number of different ones so far.</summary>
    public Action<int>? WrongPassword { get; init; }

    /// <summary>Called once when <see cref="GuessLimit"/> is reached, with that number: the service is to stop.</summary>
    public Action<int>? LimitReached { get; init; }
}

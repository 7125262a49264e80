using CsCheck;

namespace OnionShare.Fuzz;

/// <summary>Something that reads what strangers send, with what must hold whatever that is.</summary>
internal abstract class Target : IAsyncDisposable
{
    /// <summary>Longer than anything an input may cost, on a machine that is busy with other things too.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>What it is called on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>How many inputs a short run takes.</summary>
    public abstract int Count { get; }

    /// <summary>Makes ready.</summary>
    /// <param name="folder">A folder of its own.</param>
    public virtual Task PrepareAsync(string folder) => Task.CompletedTask;

    /// <summary>Makes one input and tries it.</summary>
    /// <param name="random">What decides about the input.</param>
    /// <param name="below">An input that is not smaller than this is not tried; null for any.</param>
    /// <returns>What came of it; null when it was not tried.</returns>
    public abstract Task<Outcome?> TryAsync(PCG random, Size? below);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal abstract class Target<T> : Target
{
    protected abstract Gen<T> Inputs { get; }

    /// <summary>Tries an input; throws when something does not hold.</summary>
    protected abstract Task JudgeAsync(T input);

    /// <summary>The input for people, so that they can make a test of it.</summary>
    protected abstract string Show(T input);

    public override async Task<Outcome?> TryAsync(PCG random, Size? below)
    {
        var input = Inputs.Generate(random, below, out var size);
        if (below is not null && !Size.IsLessThan(size, below)) return null;
        try
        {
            // On a thread of its own, so that one that never comes back is noticed.
            await Task.Run(() => JudgeAsync(input)).WaitAsync(Limit);
            return new Outcome(null, "", size);
        }
        catch (Exception failure)
        {
            return new Outcome(failure, Show(input), size);
        }
    }
}

/// <summary>What came of an input.</summary>
/// <param name="Failure">What did not hold; null when all did.</param>
/// <param name="Input">The input for people.</param>
/// <param name="Size">How large it was.</param>
internal sealed record Outcome(Exception? Failure, string Input, Size Size)
{
    /// <summary>The same for failures that have the same cause, as far as can be told.</summary>
    public string Kind => Failure switch
    {
        null => "",
        NotHeldException broken => broken.Message.Split(':')[0],
        _ => $"{Failure.GetType().Name} {(Failure.StackTrace ?? "").Split('\n').FirstOrDefault(line => line.Contains("OnionShare.", StringComparison.Ordinal))?.Trim()}",
    };
}

/// <summary>Something that must hold does not.</summary>
internal sealed class NotHeldException(string message) : Exception(message)
{
    /// <summary>Throws unless it holds.</summary>
    /// <param name="holds">Whether it does.</param>
    /// <param name="what">What must hold; before a colon what is the same for all inputs.</param>
    public static void Unless(bool holds, string what)
    {
        if (!holds) throw new NotHeldException(what);
    }
}

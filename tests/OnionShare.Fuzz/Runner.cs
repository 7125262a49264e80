using System.Diagnostics;
using System.Globalization;
using CsCheck;

namespace OnionShare.Fuzz;

/// <summary>Runs inputs against a target, makes the smallest of those that fail, and says how to run them again.</summary>
/// <param name="seed">What decides about all inputs.</param>
internal sealed class Runner(ulong seed)
{
    private const int MostCrashes = 5;
    private const int ShrinkTries = 3000;
    private static readonly TimeSpan ShrinkLimit = TimeSpan.FromSeconds(20);

    /// <summary>Runs a target.</summary>
    /// <param name="target">The target.</param>
    /// <param name="limit">For how long; null for its own number of inputs.</param>
    /// <param name="only">The one input to run; null for all.</param>
    /// <returns>How many inputs were tried, and how many crashes of different kinds there were.</returns>
    public async Task<(long Inputs, int Crashes)> RunAsync(Target target, TimeSpan? limit, ulong? only)
    {
        var folder = Directory.CreateTempSubdirectory("osf-").FullName;
        var clock = Stopwatch.StartNew();
        var kinds = new HashSet<string>(StringComparer.Ordinal);
        var inputs = 0L;
        try
        {
            await target.PrepareAsync(folder);
            for (var input = only ?? 0; only is not null ? input == only : limit is { } time ? clock.Elapsed < time : input < (ulong)target.Count; input++)
            {
                inputs++;
                if (await target.TryAsync(Random(target, input), null) is not { Failure: not null } failed || !kinds.Add(failed.Kind)) continue;
                Console.WriteLine(Report(target, input, only is null ? await ShrinkAsync(target, failed) : failed));
                if (kinds.Count == MostCrashes) break;
            }
        }
        finally
        {
            await target.DisposeAsync();
            Directory.Delete(folder, recursive: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name,-10} {inputs,9:N0} inputs {kinds.Count,3} crashes {clock.Elapsed.TotalSeconds,8:N1} s"));
        return (inputs, kinds.Count);
    }

    private PCG Random(Target target, ulong input)
    {
        var stream = 17u;
        foreach (var letter in target.Name) stream = (stream * 31) + letter;
        return new PCG(stream, (seed * 1_000_000_007) + input);
    }

    // The way of CsCheck: of other inputs that fail in the same way the smallest.
    private async Task<Outcome> ShrinkAsync(Target target, Outcome failed)
    {
        if (failed.Failure is TimeoutException) return failed;
        var clock = Stopwatch.StartNew();
        var random = Random(target, ulong.MaxValue / 2);
        for (var tries = 0; tries < ShrinkTries && clock.Elapsed < ShrinkLimit; tries++)
        {
            if (await target.TryAsync(random, failed.Size) is { Failure: not null } smaller && smaller.Kind == failed.Kind) failed = smaller;
        }

        return failed;
    }

    private string Report(Target target, ulong input, Outcome failed) => string.Create(CultureInfo.InvariantCulture, $"""
        CRASH in {target.Name}: {failed.Failure!.GetType().Name}: {failed.Failure.Message}
        {string.Join('\n', (failed.Failure.StackTrace ?? "").Split('\n').Take(12))}
          with {failed.Input}
        - {target.Name}, again: tests/fuzz.sh --target {target.Name} --seed {seed} --input {input}
        """);
}

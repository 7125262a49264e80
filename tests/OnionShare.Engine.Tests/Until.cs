using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests;

/// <summary>Waits for what a test needs to happen, with one limit.</summary>
internal static class Until
{
    /// <summary>
    /// Longer than anything takes on a machine that is busy with other things too: only a test that fails waits it out. Who wants tests to fail
    /// (tests/mutants) may have less patience.
    /// </summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(
        int.TryParse(Environment.GetEnvironmentVariable("ONIONSHARE_TEST_PATIENCE"), out var seconds) ? seconds : 60);

    /// <summary>For what has no event of its own: waits until it is so; fails after the limit.</summary>
    public static Task TrueAsync(Func<bool> condition, TimeSpan? limit = null) => TrueAsync(() => Task.FromResult(condition()), limit);

    /// <inheritdoc cref="TrueAsync(Func{bool}, TimeSpan?)"/>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan? limit = null)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.True(clock.Elapsed < (limit ?? Limit), "what the test waits for did not happen");
            await Task.Delay(5, Cancel);
        }
    }

    /// <summary>Waits until a service is as wanted; <paramref name="events"/> are those of its engine, heard since before that could be.</summary>
    public static async Task ServiceAsync(IEventListener events, Service service, Func<ServiceStatus, bool> condition, TimeSpan? limit = null)
    {
        if (condition(service.Status)) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        end.CancelAfter(limit ?? Limit);
        await foreach (var _ in events.ReadAllAsync(end.Token))
        {
            if (condition(service.Status)) return;
        }
    }
}

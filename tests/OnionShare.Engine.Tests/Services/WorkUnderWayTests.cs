using OnionShare.Contracts;
using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

/// <summary>What an engine does for somebody, services apart.</summary>
public sealed class WorkUnderWayTests
{
    [Fact(Timeout = 120_000)]
    public async Task The_end_waits_until_what_was_begun_is_taken_back()
    {
        var work = new WorkUnderWay();
        var takenBack = false;
        var doing = work.RunAsync(
            async cancellation =>
            {
                try
                {
                    return await Forever(cancellation);
                }
                finally
                {
                    await Task.Yield();
                    takenBack = true;
                }
            },
            Cancel);
        Assert.True(work.IsBusy);

        await work.DisposeAsync();

        Assert.True(takenBack);
        Assert.False(work.IsBusy);
        Assert.Equal(ProblemCodes.EngineStopping, (await Assert.ThrowsAsync<ProblemException>(() => doing)).Problem.Code);
        Assert.Equal(ProblemCodes.EngineStopping, (await Assert.ThrowsAsync<ProblemException>(() => work.RunAsync(Forever, Cancel))).Problem.Code);
    }

    [Fact(Timeout = 120_000)]
    public async Task Whoever_waits_no_more_ends_only_his_own()
    {
        await using var work = new WorkUnderWay();
        using var leave = new CancellationTokenSource();
        var other = work.RunAsync(Forever, Cancel);
        var mine = work.RunAsync(Forever, leave.Token);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => mine);
        Assert.True(work.IsBusy);
        Assert.False(other.IsCompleted);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_engine_at_work_does_not_end_for_want_of_services()
    {
        var time = new ManualTime();
        await using var local = new LocalEngine(time);
        using var enough = new CancellationTokenSource();
        var work = local.Engine.Work.RunAsync(Forever, enough.Token);
        var idle = IdleWatch.WaitAsync(local.Engine, TimeSpan.FromSeconds(10), Cancel);
        for (var second = 0; second < 60; second++)
            time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(idle.IsCompleted);

        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        while (!idle.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await idle;
        Assert.True(local.Engine.Services.TryCloseIdle());
    }

    private static async Task<int> Forever(CancellationToken cancellation)
    {
        await Task.Delay(Timeout.Infinite, cancellation);
        return 0;
    }
}

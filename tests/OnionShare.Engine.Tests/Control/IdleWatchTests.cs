using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

public sealed class IdleWatchTests
{
    // Row W13.
    [Fact(Timeout = 120_000)]
    public async Task What_ended_is_remembered_as_long_as_the_session_lives_that_started_it()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs a program that sleeps");
        using var session = Process.Start("sleep", "600");
        var clock = new ManualTime();
        await using var local = new LocalEngine(clock);
        var service = await local.ShareAsync(new ShareRequest { Paths = [local.Scratch.File("a", 1)], StartedBy = OwnerProcess.Of(session.Id) });
        service.Stop(StopReason.Requested, force: true);
        await LocalEngine.EndAsync(service);
        var idle = IdleWatch.WaitAsync(local.Engine, TimeSpan.FromMinutes(1), Cancel);

        clock.Advance(TimeSpan.FromHours(1));
        Assert.False(idle.IsCompleted);
        Assert.NotNull(local.Engine.Services.Find(service.Context.Id));
        Assert.True(local.Engine.Services.IsRemembered);

        session.Kill();
        await session.WaitForExitAsync(Cancel);
        Assert.False(local.Engine.Services.IsRemembered);
        while (!idle.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(2));
            await Task.Yield();
        }

        await idle;
    }
}

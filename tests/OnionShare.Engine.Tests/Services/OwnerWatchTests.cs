using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

public sealed class OwnerWatchTests
{
    [Fact]
    public void This_process_lives_and_one_with_its_id_and_another_start_does_not()
    {
        var own = OwnerProcess.Current();
        Assert.True(OwnerWatch.IsAlive(own));
        Assert.True(OwnerWatch.IsAlive(own with { StartTime = own.StartTime.ToUniversalTime() }));
        Assert.False(OwnerWatch.IsAlive(own with { StartTime = own.StartTime.AddSeconds(-10) }));
        Assert.False(OwnerWatch.IsAlive(own with { ProcessId = -1 }));
        Assert.False(OwnerWatch.IsAlive(own with { ProcessId = int.MaxValue }));
    }

    [Fact(Timeout = 120_000)]
    public async Task Looking_at_processes_just_while_they_die_never_throws()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs a program that ends at once");
        for (var n = 0; n < 50; n++)
        {
            using var process = Process.Start("true");
            var owner = new OwnerProcess(process.Id, DateTimeOffset.Now);
            while (OwnerWatch.IsAlive(owner)) TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }
}

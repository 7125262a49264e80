using System.Diagnostics;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

public sealed class OwnerWatchTests
{
    [Fact]
    public void This_process_lives_and_one_with_its_id_and_another_start_does_not()
    {
        var own = OwnerProcess.Current();
        Assert.Equal(own, OwnerProcess.Of(Environment.ProcessId));
        Assert.True(own.IsAlive());
        Assert.False((own with { Start = own.Start + "0" }).IsAlive());
        Assert.False((own with { ProcessId = -1 }).IsAlive());
        Assert.False((own with { ProcessId = int.MaxValue }).IsAlive());
    }

    // Row W16: with a time in it, setting the clock back made every later session another process than the one that asked.
    [Fact]
    public void Who_a_process_is_has_nothing_of_a_clock_that_can_be_set()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: needs /proc");
        var boot = File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        var stat = File.ReadAllText("/proc/self/stat");
        var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19];

        Assert.Equal($"{boot}/{ticks}", OwnerProcess.Current().Start);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_process_that_was_killed_is_none_any_more()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs a program that sleeps");
        using var process = Process.Start("sleep", "600");
        var owner = OwnerProcess.Of(process.Id);
        Assert.True(owner!.IsAlive());
        process.Kill();
        await process.WaitForExitAsync(Cancel);
        Assert.False(owner.IsAlive());
    }

    [Fact]
    public void Looking_at_processes_just_while_they_die_never_throws()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: needs a program that ends at once");
        for (var n = 0; n < 50; n++)
        {
            using var process = Process.Start("true");
            while (OwnerProcess.Of(process.Id) is not null) Cancel.ThrowIfCancellationRequested();
        }
    }
}

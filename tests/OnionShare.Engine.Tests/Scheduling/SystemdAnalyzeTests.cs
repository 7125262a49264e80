extern alias cmdlets;

using System.Diagnostics;
using cmdlets::OnionShare;
using cmdlets::OnionShare.Cmdlets.Scheduling.Systemd;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>What systemd itself says of the units.</summary>
public sealed class SystemdAnalyzeTests : IDisposable
{
    private const string Program = "/usr/bin/systemd-analyze";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Verify_has_nothing_to_say_of_units_with_hostile_names()
    {
        Assert.SkipUnless(File.Exists(Program), "skipped: no systemd-analyze; apt install systemd");
        var setting = Plans.Setting with { Engine = ["/bin/true"], Environment = [new("ONIONSHARE_HOME", "/home/a \"b\" %h\n$X")] };
        var units = new List<string> { Write("onionshare-engine.service", SystemdUnit.Engine(setting)) };
        foreach (var (name, number) in HostileNames.Visible().Where((_, index) => index % 25 == 0).Select((name, index) => (name, index)))
        {
            var plan = Plans.Nightly with { Name = name, Service = name };
            units.Add(Write($"onionshare-task-{number}.service", SystemdUnit.Service(plan, setting, "onionshare-engine.service")));
            units.Add(Write($"onionshare-task-{number}.timer", SystemdUnit.Timer(plan)));
        }

        var boot = Plans.Nightly with { Trigger = OnionTaskTrigger.AtStartup, At = null, DaysOfWeek = [], Action = OnionTaskAction.Stop };
        units.Add(Write("onionshare-task-boot.service", SystemdUnit.Service(boot, setting, "onionshare-engine.service")));

        var (exitCode, words) = await RunAsync(["verify", "--user", "--man=no", .. units]);
        Assert.Equal("", words);
        Assert.Equal(0, exitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task Verify_is_a_check_that_can_fail()
    {
        Assert.SkipUnless(File.Exists(Program), "skipped: no systemd-analyze; apt install systemd");
        var unit = SystemdUnit.Engine(Plans.Setting with { Engine = ["/bin/true"] });
        var (_, words) = await RunAsync(["verify", "--user", "--man=no", Write("broken.service", unit.Replace("ProtectSystem=strict", "ProtectSystem=perhaps", StringComparison.Ordinal))]);
        Assert.Contains("broken.service:", words, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(true, "*-*-* 21:30:00")]
    [InlineData(false, "Mon,Sun *-*-* 21:30:00")]
    public async Task The_times_mean_to_systemd_what_was_meant(bool daily, string meant)
    {
        Assert.SkipUnless(File.Exists(Program), "skipped: no systemd-analyze; apt install systemd");
        var timer = SystemdUnit.Timer(daily ? Plans.Nightly with { Trigger = OnionTaskTrigger.Daily, DaysOfWeek = [] } : Plans.Nightly);
        var (exitCode, words) = await RunAsync(["calendar", Assert.Single(UnitReader.Values(timer, "OnCalendar"))]);
        Assert.Equal(0, exitCode);
        Assert.Contains($"Normalized form: {meant}", words, StringComparison.Ordinal);
    }

    private string Write(string name, string unit)
    {
        var path = _scratch.At(name);
        File.WriteAllText(path, unit);
        return path;
    }

    private async Task<(int ExitCode, string Words)> RunAsync(IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["XDG_RUNTIME_DIR"] = _scratch.Temp;
        start.Environment["SYSTEMD_UNIT_PATH"] = _scratch.Path + ":";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, (await errors + output).Trim());
    }
}

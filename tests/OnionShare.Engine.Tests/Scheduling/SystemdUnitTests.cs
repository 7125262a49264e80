extern alias cmdlets;
using cmdlets::OnionShare;
using cmdlets::OnionShare.Cmdlets.Engine;
using cmdlets::OnionShare.Cmdlets.Scheduling;
using cmdlets::OnionShare.Cmdlets.Scheduling.Systemd;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>Names are data: what systemd reads from a unit is what was put in.</summary>
public sealed class SystemdUnitTests
{
    [Fact]
    public void Every_name_comes_back_from_a_command_line_as_one_word()
    {
        foreach (var name in HostileNames.Visible())
        {
            var unit = SystemdUnit.Service(Plans.Nightly with { Service = name }, Plans.Setting, "onionshare-engine.service");
            var line = Assert.Single(UnitReader.Values(unit, "ExecStart"));
            Assert.Equal([Plans.Setting.Engine[0], "restore", "--", name], UnitReader.Command(line));
        }
    }

    [Fact]
    public void Any_text_comes_back_from_a_quoted_word_and_stays_on_its_line_and_visible()
    {
        foreach (var text in HostileNames.Any())
        {
            var quoted = UnitText.Quote(text);
            Assert.Equal(text, Assert.Single(UnitReader.List(quoted, escapes: true)));
            Assert.Equal(quoted, Contracts.RemoteText.Show(quoted, int.MaxValue));
        }
    }

    [Fact]
    public void A_name_adds_no_line_and_no_specifier_anywhere_in_a_unit()
    {
        var lines = Lines("plain", "plain");
        foreach (var name in HostileNames.Visible())
        {
            var found = Lines(name, name);
            Assert.Equal(lines.Select(line => line.Split('=')[0]), found.Select(line => line.Split('=')[0]));
            Assert.All(found, line => Assert.False(line.EndsWith('\\'), line));
            var description = found.Single(line => line.StartsWith("Description=", StringComparison.Ordinal));
            Assert.Equal(0, description.Replace("%%", "", StringComparison.Ordinal).Count(c => c == '%'));
        }

        static string[] Lines(string task, string service) =>
            SystemdUnit.Service(Plans.Nightly with { Name = task, Service = service }, Plans.Setting, "onionshare-engine.service").Split('\n');
    }

    [Fact]
    public void The_plan_is_read_back_whatever_its_names_hold()
    {
        foreach (var name in HostileNames.Any())
        {
            var plan = Plans.Nightly with { Name = name, Service = name + "2" };
            var read = SystemdUnit.Plan(SystemdUnit.Service(plan, Plans.Setting, "onionshare-engine.service"));
            Assert.Equal((plan.Name, plan.Service, plan.At), (read?.Name, read?.Service, read?.At));
            Assert.Equal(plan.DaysOfWeek, read!.DaysOfWeek);
        }
    }

    [Fact]
    public void A_unit_of_somebody_elses_is_no_task() => Assert.All(
        ["", "[Service]\nExecStart=/bin/true\n", "[X-OnionShare]\nTask=", "\n[X-OnionShare]\nTask={\"Name\":1}\n", "\n[X-OnionShare]\nTask={}\n"],
        text => Assert.Null(SystemdUnit.Plan(text)));

    [Fact]
    public void An_inbox_may_be_written_to_whatever_its_path_holds()
    {
        var paths = UnitReader.Values(SystemdUnit.Engine(Plans.Setting), "ReadWritePaths").Select(line => Assert.Single(UnitReader.List(line, escapes: false)));
        Assert.Contains("-" + Plans.Setting.Inboxes[0], paths);
    }

    [Theory]
    [InlineData("/srv/a\nExecStart=/bin/sh")]
    [InlineData("/srv/a\0b")]
    public void A_path_that_no_escape_can_carry_is_refused(string path)
    {
        var failure = Assert.Throws<ProblemException>(() => SystemdUnit.Engine(Plans.Setting with { Inboxes = [path] }));
        Assert.Equal("not-schedulable", failure.Problem.Code);
        Assert.Contains("can't be given to systemd", failure.Problem.Detail, StringComparison.Ordinal);
        Assert.Contains("Nothing was registered.", failure.Problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Problem.Detail);
    }

    [Fact]
    public void A_stop_needs_no_engine_and_is_tried_once()
    {
        var unit = SystemdUnit.Service(Plans.Nightly with { Action = OnionTaskAction.Stop }, Plans.Setting, "onionshare-engine.service");
        Assert.EndsWith(" \"stop\" \"--\" \"inbox\"", UnitReader.Values(unit, "ExecStart")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Requires=", unit, StringComparison.Ordinal);
        Assert.DoesNotContain("Restart=", unit, StringComparison.Ordinal);
    }

    [Fact]
    public void The_temp_folder_is_the_units_own_unless_the_engine_lives_in_the_real_one()
    {
        var temp = Path.Combine(Path.GetTempPath(), "home");
        Assert.Contains("\nPrivateTmp=yes\n", SystemdUnit.Engine(Plans.Setting), StringComparison.Ordinal);
        Assert.Contains("\nPrivateTmp=no\n", SystemdUnit.Engine(Plans.Setting with { StateFolder = temp }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("inbox", "inbox")]
    [InlineData("Inbox-2", "inbox-2")]
    public void A_plain_name_is_its_own_file_name(string name, string file) => Assert.Equal(file, TaskFileName.Of(name));

    [Fact]
    public void Different_names_have_different_file_names_of_harmless_characters()
    {
        var names = HostileNames.Any().Concat(HostileNames.Visible()).Append(new string('a', 100)).Append(new string('a', 99))
            .Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        var files = names.Select(TaskFileName.Of).ToList();
        Assert.All(files, file => Assert.Matches("^[a-z0-9][a-z0-9_-]{0,59}$", file));
        Assert.Equal(names.Count, files.Distinct().Count());
        Assert.All(names, name => Assert.Equal(TaskFileName.Of(name), TaskFileName.Of(name.ToUpperInvariant())));
    }
}

extern alias cmdlets;
using System.Xml.Linq;
using cmdlets::OnionShare;
using cmdlets::OnionShare.Cmdlets.Engine;
using cmdlets::OnionShare.Cmdlets.Scheduling;
using cmdlets::OnionShare.Cmdlets.Scheduling.MacOS;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>Agents for launchd.</summary>
public sealed class LaunchAgentTests
{
    [Fact]
    public void Every_name_comes_back_from_the_property_list_as_one_argument()
    {
        foreach (var name in HostileNames.Visible())
        {
            var plan = Plans.Nightly with { Service = name, Name = name };
            var text = LaunchAgent.Of("label", plan, Plans.Setting);
            var arguments = Assert.IsType<XElement>(ValueOf(text, "ProgramArguments")).Elements().Select(element => element.Value);
            Assert.Equal([Plans.Setting.Engine[0], "restore", "--", name], arguments);
            Assert.Equal((name, name), (LaunchAgent.Plan(text)?.Name, LaunchAgent.Plan(text)?.Service));
        }
    }

    [Fact]
    public void A_week_is_a_list_of_days_and_a_login_is_a_load()
    {
        var week = ValueOf(LaunchAgent.Of("label", Plans.Nightly, Plans.Setting), "StartCalendarInterval")!;
        Assert.Equal(["Hour21Minute30Weekday1", "Hour21Minute30Weekday0"], week.Elements().Select(time => time.Value));
        var login = LaunchAgent.Of("label", Plans.Nightly with { Trigger = OnionTaskTrigger.AtLogOn, At = null, DaysOfWeek = [] }, Plans.Setting);
        Assert.Equal("true", ValueOf(login, "RunAtLoad")?.Name.LocalName);
        Assert.Null(ValueOf(login, "StartCalendarInterval"));
    }

    [Fact]
    public void A_character_that_XML_has_no_place_for_is_refused()
    {
        TaskSetting setting = Plans.Setting with { Environment = [new("ONIONSHARE_HOME", "/Users/a\u0001b")] };
        var failure = Assert.Throws<ProblemException>(() => LaunchAgent.Of("label", Plans.Nightly, setting));
        Assert.Equal("not-schedulable", failure.Problem.Code);
        Assert.Contains("/Users/a\\u{1}b", failure.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_somebody_elses_is_no_task() => Assert.All(
        ["", "bplist00", "<plist/>", "<plist><dict><key>ONIONSHARE_TASK</key><string>x</string></dict></plist>"], text => Assert.Null(LaunchAgent.Plan(text)));

    private static XElement? ValueOf(string text, string key) =>
        XDocument.Parse(text[text.IndexOf("<plist", StringComparison.Ordinal)..]).Descendants("key").FirstOrDefault(element => element.Value == key)
            ?.ElementsAfterSelf().First();
}

extern alias cmdlets;
using System.Text;
using System.Xml.Linq;
using cmdlets::OnionShare;
using cmdlets::OnionShare.Cmdlets.Engine;
using cmdlets::OnionShare.Cmdlets.Scheduling;
using cmdlets::OnionShare.Cmdlets.Scheduling.Windows;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>Tasks for Windows' Task Scheduler: the XML and the one line of arguments in it.</summary>
public sealed class WindowsTaskTests
{
    private const string User = "S-1-5-21-1-2-3-1001";
    private static readonly XNamespace Schema = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    private static readonly TaskSetting Setting = Plans.Setting with { Engine = ["/Program Files/onionshare-engine.exe"] };

    [Fact]
    public void Every_name_comes_back_from_the_arguments_or_is_refused_before_Task_Scheduler_can_change_it()
    {
        var refused = 0;
        foreach (var name in HostileNames.Visible())
        {
            var plan = Plans.Nightly with { Service = name, Name = "t" };
            if (name.Contains('%') || name.Contains("$(", StringComparison.Ordinal))
            {
                var failure = Assert.Throws<ProblemException>(() => Task(plan));
                Assert.Contains("can't be given to Task Scheduler", failure.Problem.Detail, StringComparison.Ordinal);
                refused++;
                continue;
            }

            Assert.Equal(["restore", "--", name], Split(Value(Task(plan), "Arguments")));
        }

        Assert.InRange(refused, 1, 1400);
    }

    [Fact]
    public void The_plan_is_read_back_from_a_list_of_tasks_whatever_the_tasks_name_holds()
    {
        foreach (var name in HostileNames.Visible())
        {
            var list = new XElement("Tasks", XDocument.Parse("<Task xmlns='" + Schema + "'/>").Root, Task(Plans.Nightly with { Name = name }).Root);
            var (plan, path, enabled) = Assert.Single(TaskDefinition.Plans(list));
            Assert.Equal((name, @"\OnionShare\x", true), (plan.Name, path, enabled));
        }
    }

    [Fact]
    public void A_week_has_its_days_and_runs_as_the_user_with_no_rights_more()
    {
        var task = Task(Plans.Nightly);
        Assert.Equal(["Monday", "Sunday"], task.Descendants(Schema + "DaysOfWeek").Elements().Select(day => day.Name.LocalName));
        Assert.EndsWith("T21:30:00", Value(task, "StartBoundary"), StringComparison.Ordinal);
        Assert.Equal(("InteractiveToken", "LeastPrivilege", User), (Value(task, "LogonType"), Value(task, "RunLevel"), Value(task, "UserId")));
    }

    [Theory]
    [InlineData(OnionTaskTrigger.AtStartup, "BootTrigger", "Password")]
    [InlineData(OnionTaskTrigger.AtLogOn, "LogonTrigger", "InteractiveToken")]
    public void A_start_of_the_computer_needs_a_logon_of_its_own(OnionTaskTrigger trigger, string element, string logon)
    {
        var task = Task(Plans.Nightly with { Trigger = trigger, At = null, DaysOfWeek = [] });
        Assert.Equal(element, task.Descendants(Schema + "Triggers").Elements().Single().Name.LocalName);
        Assert.Equal(logon, Value(task, "LogonType"));
    }

    private static XDocument Task(TaskPlan plan)
    {
        var text = TaskDefinition.Of(plan, Setting, User, @"\OnionShare\x");
        Assert.StartsWith("<?xml version=\"1.0\" encoding=\"utf-16\"?>", text, StringComparison.Ordinal);
        return XDocument.Parse(text);
    }

    private static string Value(XDocument task, string name) => task.Descendants(Schema + name).First().Value;

    // As CommandLineToArgvW does.
    private static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, any) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var slashes = 0;
            while (i < line.Length && line[i] == '\\') (slashes, i) = (slashes + 1, i + 1);
            if (i < line.Length && line[i] == '"')
            {
                word.Append('\\', slashes / 2);
                if (slashes % 2 == 1) word.Append('"');
                else (quoted, any) = (!quoted, true);
                continue;
            }

            word.Append('\\', slashes);
            if (i == line.Length) break;
            if (!quoted && line[i] is ' ' or '\t' && !quoted)
            {
                if (any || word.Length > 0) words.Add(word.ToString());
                word.Clear();
                any = false;
                continue;
            }

            word.Append(line[i]);
        }

        if (any || word.Length > 0) words.Add(word.ToString());
        return words;
    }
}

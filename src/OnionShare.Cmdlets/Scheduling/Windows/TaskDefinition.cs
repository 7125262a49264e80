using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace OnionShare.Cmdlets.Scheduling.Windows;

/// <summary>The XML of a task (<c>[MS-TSCH] 2.5</c>, the Task Scheduler schema 1.2).</summary>
internal static class TaskDefinition
{
    private static readonly XNamespace Schema = "http://schemas.microsoft.com/windows/2004/02/mit/task";

    /// <summary>The definition of a task of the user with this security identifier.</summary>
    /// <exception cref="ProblemException">Something in it can't be written there.</exception>
    /// <remarks>
    /// The task runs as its user with the user's own logon: the saved services' secrets are protected by that logon, and a task that runs
    /// without it ("do not store password", S4U) could not read them. Nobody is logged on when the computer starts, so there
    /// Windows keeps the password.
    /// </remarks>
    public static string Of(TaskPlan plan, TaskSetting setting, string user, string path)
    {
        var task = new XElement(
            Schema + "Task", new XAttribute("version", "1.2"),
            Element("RegistrationInfo", Element("Description", plan.Description), Element("URI", path)),
            Element("Triggers", Trigger(plan, user)),
            Element("Principals", new XElement(
                Schema + "Principal", new XAttribute("id", "Author"),
                Element("UserId", user),
                Element("LogonType", plan.Trigger == OnionTaskTrigger.AtStartup ? "Password" : "InteractiveToken"),
                Element("RunLevel", "LeastPrivilege"))),
            Element(
                "Settings",
                Element("MultipleInstancesPolicy", "IgnoreNew"),
                Element("DisallowStartIfOnBatteries", false),
                Element("StopIfGoingOnBatteries", false),
                Element("StartWhenAvailable", false),
                // No limit: the command may be the engine's.
                Element("ExecutionTimeLimit", "PT0S"),
                plan.Action == OnionTaskAction.Start
                    ? Element("RestartOnFailure", Element("Interval", "PT1M"), Element("Count", 10))
                    : null),
            Element("Data", plan.ToJson()),
            new XElement(Schema + "Actions", new XAttribute("Context", "Author"), Element(
                "Exec",
                Element("Command", Unexpanded(setting.Engine[0])),
                Element("Arguments", WindowsArguments.Join(setting.Engine.Skip(1).Concat(plan.EngineArguments).Select(Unexpanded))),
                Element("WorkingDirectory", Unexpanded(Path.GetDirectoryName(setting.Engine[0])!)))));
        return XmlText.Of(new XDocument(new XDeclaration("1.0", "utf-16", null), task), Encoding.Unicode, "Task Scheduler");
    }

    /// <summary>The plan in each task of an answer of <c>schtasks /Query /XML</c>, with its path and whether it is enabled.</summary>
    public static IEnumerable<(TaskPlan Plan, string Path, bool Enabled)> Plans(XContainer document)
    {
        foreach (var task in document.Descendants(Schema + "Task"))
        {
            var path = task.Element(Schema + "RegistrationInfo")?.Element(Schema + "URI")?.Value;
            var data = task.Element(Schema + "Data")?.Value;
            if (path is null || data is null || TaskPlan.FromJson(data) is not { } plan) continue;
            yield return (plan, path, task.Element(Schema + "Settings")?.Element(Schema + "Enabled")?.Value is not "false");
        }
    }

    // What Task Scheduler replaces, and has no escape for: %variables% and $(parameters).
    private static string Unexpanded(string value) =>
        value.Contains('%') || value.Contains("$(", StringComparison.Ordinal)
            ? throw SchedulerProblem.NotWritable(value, "Task Scheduler", "it puts other text in the place of % and $(")
            : value;

    private static XElement Trigger(TaskPlan plan, string user) => plan.Trigger switch
    {
        OnionTaskTrigger.AtStartup => Element("BootTrigger"),
        OnionTaskTrigger.AtLogOn => Element("LogonTrigger", Element("UserId", user)),
        _ => Element(
            "CalendarTrigger",
            // A day long past; without a time zone the time is the local one, whatever summer time does.
            Element("StartBoundary", string.Create(CultureInfo.InvariantCulture, $"2020-01-01T{plan.At:HH:mm:ss}")),
            plan.DaysOfWeek.Count == 0
                ? Element("ScheduleByDay", Element("DaysInterval", 1))
                : Element("ScheduleByWeek", Element("WeeksInterval", 1), Element("DaysOfWeek", [.. plan.DaysOfWeek.Select(day => Element(day.ToString()))]))),
    };

    private static XElement Element(string name, params object?[] content) => new(Schema + name, content);
}

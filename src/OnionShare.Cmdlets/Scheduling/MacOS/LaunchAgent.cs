using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace OnionShare.Cmdlets.Scheduling.MacOS;

/// <summary>The property list of a launchd agent (<c>launchd.plist(5)</c>).</summary>
internal static class LaunchAgent
{
    // Among the agent's variables, because launchd complains of keys it does not know.
    private const string PlanVariable = "ONIONSHARE_TASK";

    /// <summary>The agent of a task. Arguments are a list in a plist: no shell and no expansion touches them.</summary>
    public static string Of(string label, TaskPlan plan, TaskSetting setting)
    {
        var agent = new XElement(
            "dict",
            Key("Label"), Text(label),
            Key("ProgramArguments"), new XElement("array", setting.Engine.Concat(plan.EngineArguments).Select(Text)),
            Key("EnvironmentVariables"), new XElement(
                "dict",
                setting.Environment.Append(new(PlanVariable, plan.ToJson())).Select(variable => new[] { Key(variable.Key), Text(variable.Value) })),
            Key("ProcessType"), Text("Background"),
            // Decimal: 0077.
            Key("Umask"), new XElement("integer", 63),
            // The engine the command starts outlives it.
            Key("AbandonProcessGroup"), new XElement("true"));
        if (plan.At is { } at) agent.Add(Key("StartCalendarInterval"), Times(at, plan.DaysOfWeek));
        else agent.Add(Key("RunAtLoad"), new XElement("true"));
        var document = new XDocument(
            new XDeclaration("1.0", "utf-8", null),
            new XDocumentType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null),
            new XElement("plist", new XAttribute("version", "1.0"), agent));
        return XmlText.Of(document, Encoding.UTF8, "launchd");
    }

    /// <summary>The plan in an agent's property list; null where there is none.</summary>
    public static TaskPlan? Plan(string text)
    {
        try
        {
            var key = ParseLocally(text).Descendants("key").FirstOrDefault(key => key.Value == PlanVariable);
            return key?.ElementsAfterSelf().FirstOrDefault()?.Value is { } json ? TaskPlan.FromJson(json) : null;
        }
        catch (System.Xml.XmlException)
        {
            // A binary or broken list: not one that was written here.
            return null;
        }
    }

    // The DTD that every property list names lies on another computer; it is not read.
    private static XDocument ParseLocally(string text)
    {
        using var reader = System.Xml.XmlReader.Create(
            new StringReader(text), new System.Xml.XmlReaderSettings { DtdProcessing = System.Xml.DtdProcessing.Ignore, XmlResolver = null });
        return XDocument.Load(reader);
    }

    private static XElement Times(TimeOnly at, IReadOnlyList<DayOfWeek> days)
    {
        XElement Time(DayOfWeek? day) => new(
            "dict",
            Key("Hour"), Number(at.Hour),
            Key("Minute"), Number(at.Minute),
            day is null ? null : new[] { Key("Weekday"), Number((int)day) });
        return days.Count == 0 ? Time(null) : new XElement("array", days.Select(day => Time(day)));
    }

    private static XElement Key(string name) => new("key", name);

    private static XElement Text(string value) => new("string", value);

    private static XElement Number(int value) => new("integer", value.ToString(CultureInfo.InvariantCulture));
}

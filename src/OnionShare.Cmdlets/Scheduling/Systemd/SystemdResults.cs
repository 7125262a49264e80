using System.Globalization;

namespace OnionShare.Cmdlets.Scheduling.Systemd;

/// <summary>What became of the units of tasks when they last ran (systemctl(1), <c>show</c>).</summary>
internal static class SystemdResults
{
    private const string Properties = "Id,ActiveState,Result,ExecMainStatus,ExecMainExitTimestamp";

    /// <summary>Tells each task when it last ran and with what result. Where systemd can't be asked nothing is told.</summary>
    public static async Task TellAsync(IReadOnlyList<OnionScheduledTask> tasks, CancellationToken cancellationToken)
    {
        if (tasks.Count == 0) return;
        var units = tasks.ToDictionary(task => task, task => (Own: Path.GetFileName(task.Files[0]), Engine: EngineOf(task.Files[0])));
        var names = units.Values.SelectMany(unit => new[] { unit.Own, unit.Engine }).OfType<string>().Distinct();
        ProgramResult answer;
        try
        {
            answer = await SchedulerProgram.RunAsync(
                "systemd", "systemctl", ["--user", "--no-ask-password", "--timestamp=unix", "show", "--property=" + Properties, .. names], cancellationToken);
        }
        catch (ProblemException)
        {
            return;
        }

        var states = answer.Output.Split("\n\n").Select(Read).Where(state => state.ContainsKey("Id")).ToDictionary(state => state["Id"]);
        foreach (var (task, unit) in units)
        {
            if (states.GetValueOrDefault(unit.Own) is not { } own) continue;
            if (own.GetValueOrDefault("ExecMainExitTimestamp")?.TrimStart('@') is { Length: > 0 } seconds
                && long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time > 0)
            {
                task.LastRun = DateTimeOffset.FromUnixTimeSeconds(time).LocalDateTime;
            }

            var engine = unit.Engine is { } name && states.GetValueOrDefault(name) is { } state && state.GetValueOrDefault("Result") is not (null or "success")
                ? $"The engine does not start: {Failure(state)}; see journalctl --user -u {name}."
                : null;
            task.LastResult = engine ?? (own.GetValueOrDefault("ActiveState"), own.GetValueOrDefault("Result"), task.LastRun) switch
            {
                ("activating", _, _) => "Running",
                (_, not (null or "success"), _) => $"Failed: {Failure(own)}; see journalctl --user -u {unit.Own}.",
                (_, _, not null) => "Succeeded",
                _ => null,
            };
        }
    }

    private static string Failure(Dictionary<string, string> state) =>
        RemoteText.Show($"{state["Result"]}, status {state.GetValueOrDefault("ExecMainStatus", "unknown")}", 100);

    private static Dictionary<string, string> Read(string block) => block.Split('\n').Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2)
        .GroupBy(pair => pair[0]).ToDictionary(group => group.Key, group => group.First()[1]);

    private static string? EngineOf(string file) => File.ReadLines(file).FirstOrDefault(line => line.StartsWith("Requires=", StringComparison.Ordinal))?[9..];
}

using System.Globalization;
using System.Text;

namespace OnionShare;

public enum OnionTaskAction
{
    /// <summary>Starts it, as <c>Restore-OnionService</c> does.</summary>
    Start,
    Stop,
}

public enum OnionTaskTrigger
{
    AtStartup,
    AtLogOn,
    Daily,
    Weekly,
}

/// <summary>A scheduled task of this user that starts or stops a saved service.</summary>
public sealed class OnionScheduledTask
{
    public required string Name { get; init; }
    public required string Service { get; init; }
    public string Action => Does.ToString();

    public string Trigger => RunsAt.ToString();

    /// <summary>The local time of day of a daily or weekly task.</summary>
    public TimeOnly? At { get; init; }

    public OnionTexts DaysOfWeek => new(Days.Select(day => day.ToString()));
    public bool Enabled { get; init; }

    /// <summary>When it runs next, in local time; null for one that waits for a start or a logon, and for one that is not enabled.</summary>
    public DateTime? NextRun => Enabled ? NextAfter(DateTime.Now) : null;

    /// <summary>When it last ended, in local time; null when it did not run yet or the scheduler does not tell.</summary>
    public DateTime? LastRun { get; internal set; }

    /// <summary>What became of it then, for a person; null when it did not run yet or the scheduler does not tell.</summary>
    public string? LastResult { get; internal set; }

    /// <summary>The scheduler that keeps it: <c>systemd</c>, <c>Task Scheduler</c> or <c>launchd</c>.</summary>
    public required string Scheduler { get; init; }

    /// <summary>What it is called there: a unit, a task's path, or a label.</summary>
    public required string Id { get; init; }

    /// <summary>The files it consists of; none where the scheduler keeps them.</summary>
    public required OnionTexts Files { get; init; }

    internal OnionTaskAction Does { get; init; }
    internal OnionTaskTrigger RunsAt { get; init; }
    internal IReadOnlyList<DayOfWeek> Days { get; init; } = [];

    /// <summary>When it runs, for a person: <c>weekly on Mon-Fri at 09:00</c>.</summary>
    public string Schedule
    {
        get
        {
            var text = new StringBuilder(RunsAt switch
            {
                OnionTaskTrigger.AtStartup => "at startup",
                OnionTaskTrigger.AtLogOn => "at logon",
                OnionTaskTrigger.Daily => "daily",
                _ => "weekly",
            });
            if (Days.Count > 0) text.Append(" on ").Append(DaysInShort());
            if (At is { } at) text.Append(CultureInfo.InvariantCulture, $" at {at:HH:mm}");
            return text.ToString();
        }
    }

    public override string ToString() => Name;

    /// <summary>The first run after a local time; null where the time is not what it waits for.</summary>
    internal DateTime? NextAfter(DateTime now)
    {
        if (At is not { } at) return null;
        return Enumerable.Range(0, 8).Select(days => now.Date.AddDays(days) + at.ToTimeSpan())
            .First(time => time > now && (Days.Count == 0 || Days.Contains(time.DayOfWeek)));
    }

    // Three or more in a row as a range; the week begins on Monday.
    private string DaysInShort()
    {
        var numbers = Days.Select(day => ((int)day + 6) % 7).ToList();
        var inRow = numbers.Count > 2 && numbers.SequenceEqual(Enumerable.Range(numbers[0], numbers.Count));
        return inRow ? $"{Short(Days[0])}-{Short(Days[^1])}" : string.Join(", ", Days.Select(Short));
    }

    private static string Short(DayOfWeek day) => day.ToString()[..3];
}

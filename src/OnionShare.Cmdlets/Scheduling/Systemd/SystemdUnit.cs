using System.Globalization;
using System.Text;

namespace OnionShare.Cmdlets.Scheduling.Systemd;

/// <summary>
/// The user units of scheduled tasks. A task is a short command to the engine, and a timer that runs it by the clock. The engine itself is a
/// unit of its own, which all tasks share, as all services share one engine: so that systemd supervises it, it outlives the
/// command that asked for it, and one task's limits are not another's.
/// </summary>
internal static class SystemdUnit
{
    /// <summary>The section that holds the plan; systemd passes over sections whose names begin so.</summary>
    public const string PlanSection = "[X-OnionShare]";

    private const string PlanKey = "Task=";

    /// <summary>
    /// The limits of a unit that not every machine can give, such as one without user namespaces or in a container (systemd.exec(5)), the likeliest
    /// first; each with what makes no sense without it.
    /// </summary>
    public static readonly IReadOnlyList<string[]> Limits =
    [
        ["ProtectKernelTunables"], ["ProtectControlGroups"], ["PrivateTmp"], ["PrivateUsers"], ["ProtectSystem", "ReadWritePaths", "ReadOnlyPaths"],
        ["SystemCallFilter", "SystemCallErrorNumber"], ["SystemCallArchitectures"], ["RestrictNamespaces"], ["RestrictAddressFamilies"],
        ["RestrictSUIDSGID"], ["RestrictRealtime"], ["LockPersonality"], ["NoNewPrivileges"],
    ];

    // What a file written there would do the next time its user logs in or opens a shell.
    private static readonly string[] KeptFromTheEngine =
    [
        ".ssh", ".gnupg", ".profile", ".bashrc", ".bash_profile", ".bash_login", ".zshrc", ".zshenv", ".zprofile", ".local/bin", "bin",
        ".config/systemd", ".config/autostart", ".config/environment.d", ".config/powershell", ".config/fish", ".local/share/systemd",
        ".local/share/powershell", ".local/share/applications",
    ];

    public static string Engine(TaskSetting setting)
    {
        var unit = new StringBuilder(
            """
            # Made by Register-OnionScheduledTask, which writes it anew each time; your own settings go to: systemctl --user edit
            [Unit]
            Description=OnionShare engine

            [Service]
            Type=notify
            NotifyAccess=main

            """);
        Add(unit, "ExecStart", UnitText.Command([.. setting.Engine, "serve"]));
        AddEnvironment(unit, setting);
        unit.Append(
            """
            Restart=on-failure
            RestartSec=10
            # The engine takes its tor down itself.
            KillMode=mixed
            TimeoutStopSec=30

            """);
        AddEngineLimits(unit, setting);
        return Without(setting.LeftOut, unit.ToString());
    }

    /// <summary>A unit with the limits of the engine's, in which the engine only tells its version: does this machine give them?</summary>
    public static string Trial(TaskSetting setting)
    {
        var unit = new StringBuilder("[Unit]\nDescription=OnionShare tries what limits this machine gives\n\n[Service]\nType=oneshot\n");
        Add(unit, "ExecStart", UnitText.Command([.. setting.Engine, "--version"]));
        AddEnvironment(unit, setting);
        AddEngineLimits(unit, setting);
        return Without(setting.LeftOut, unit.ToString());
    }

    private static void AddEngineLimits(StringBuilder unit, TaskSetting setting)
    {
        AddLimits(unit, setting, "AF_UNIX AF_INET AF_INET6 AF_NETLINK");

        // Whoever starts an inbox in a shell while this engine runs, means a folder of their own.
        AddWritable(unit, [setting.Home, setting.StateFolder, Path.GetDirectoryName(setting.LogFile), .. setting.Inboxes]);
        foreach (var path in KeptFromTheEngine) Add(unit, "ReadOnlyPaths", UnitText.OptionalPath($"{setting.Home.TrimEnd('/')}/{path}"));
        Add(unit, "ReadOnlyPaths", UnitText.OptionalPath(Path.GetDirectoryName(setting.Engine[^1])!));
    }

    private static string Without(IReadOnlyCollection<string> keys, string unit) => keys.Count == 0
        ? unit
        : string.Join('\n', unit.Split('\n').Where(line => !keys.Contains(line.Split('=')[0])));

    /// <summary>The unit of a task's command.</summary>
    public static string Service(TaskPlan plan, TaskSetting setting, string engineUnit)
    {
        var unit = new StringBuilder("[Unit]\n");
        Add(unit, "Description", UnitText.Description(plan.Description));
        if (plan.Action == OnionTaskAction.Start)
        {
            // Without a network at first, it is tried again; what can't work at all is given up.
            unit.Append(CultureInfo.InvariantCulture, $"Requires={engineUnit}\nAfter={engineUnit}\nStartLimitIntervalSec=1h\nStartLimitBurst=10\n");
        }

        unit.Append("\n[Service]\nType=oneshot\n");
        Add(unit, "ExecStart", UnitText.Command([.. setting.Engine, .. plan.EngineArguments]));
        AddEnvironment(unit, setting);
        if (plan.Action == OnionTaskAction.Start) unit.Append("Restart=on-failure\nRestartSec=30\n");
        AddLimits(unit, setting, "AF_UNIX");
        // Where no engine runs, a stop notes in the state folder that its service is not to come back.
        AddWritable(unit, [setting.StateFolder]);
        if (plan.At is null) unit.Append("\n[Install]\nWantedBy=default.target\n");
        unit.Append('\n').Append(PlanSection).Append('\n').Append(PlanKey).Append(plan.ToJson()).Append('\n');
        return Without(setting.LeftOut, unit.ToString());
    }

    /// <summary>The timer of a daily or weekly task, in local time. A run missed while the computer was off is not made up for.</summary>
    public static string Timer(TaskPlan plan)
    {
        var unit = new StringBuilder("[Unit]\n");
        Add(unit, "Description", UnitText.Description(plan.Description));
        var days = string.Join(',', plan.DaysOfWeek.Select(day => day.ToString()[..3]));
        unit.Append("\n[Timer]\n");
        Add(unit, "OnCalendar", string.Create(CultureInfo.InvariantCulture, $"{(days.Length > 0 ? days + " " : "")}*-*-* {plan.At:HH:mm:ss}"));
        unit.Append("AccuracySec=1s\nPersistent=no\n\n[Install]\nWantedBy=timers.target\n");
        return unit.ToString();
    }

    /// <summary>The plan in a task's unit; null where there is none.</summary>
    public static TaskPlan? Plan(string unit)
    {
        var section = unit.LastIndexOf($"\n{PlanSection}\n{PlanKey}", StringComparison.Ordinal);
        return section < 0 ? null : TaskPlan.FromJson(unit[(section + PlanSection.Length + PlanKey.Length + 2)..].Trim());
    }

    // The compiler that makes machine code at run time rules out MemoryDenyWriteExecute. What would drop capabilities is left out: a user's
    // manager has none to drop, and fails where it is asked to. Mounts of their own need a user namespace there.
    private static void AddLimits(StringBuilder unit, TaskSetting setting, string addresses)
    {
        unit.Append(
            CultureInfo.InvariantCulture,
            $"""
            UMask=0077
            NoNewPrivileges=yes
            PrivateUsers=yes
            ProtectSystem=strict
            PrivateTmp={(setting.NeedsTemp ? "no" : "yes")}
            ProtectControlGroups=yes
            ProtectKernelTunables=yes
            RestrictAddressFamilies={addresses}
            RestrictNamespaces=yes
            RestrictRealtime=yes
            RestrictSUIDSGID=yes
            LockPersonality=yes
            SystemCallArchitectures=native
            SystemCallFilter=@system-service
            SystemCallErrorNumber=EPERM

            """);
        if (setting.NeedsTemp) AddWritable(unit, ["/tmp", Path.GetTempPath()]);
    }

    private static void AddEnvironment(StringBuilder unit, TaskSetting setting)
    {
        foreach (var (name, value) in setting.Environment) Add(unit, "Environment", UnitText.Quote($"{name}={value}"));
    }

    private static void AddWritable(StringBuilder unit, IEnumerable<string?> paths)
    {
        foreach (var path in paths.OfType<string>().Distinct(StringComparer.Ordinal)) Add(unit, "ReadWritePaths", UnitText.OptionalPath(path));
    }

    private static void Add(StringBuilder unit, string key, string value) => unit.Append(key).Append('=').Append(value).Append('\n');
}

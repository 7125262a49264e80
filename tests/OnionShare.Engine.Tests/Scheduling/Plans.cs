extern alias cmdlets;

using cmdlets::OnionShare;
using cmdlets::OnionShare.Cmdlets.Scheduling;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>Tasks and settings to write down.</summary>
internal static class Plans
{
    public static TaskPlan Nightly { get; } = new()
    {
        Name = "nightly",
        Service = "inbox",
        Action = OnionTaskAction.Start,
        Trigger = OnionTaskTrigger.Weekly,
        At = new TimeOnly(21, 30),
        DaysOfWeek = [DayOfWeek.Monday, DayOfWeek.Sunday],
    };

    public static TaskSetting Setting { get; } = new()
    {
        Engine = ["/opt/my $module/100%/onionshare-engine"],
        Home = "/home/ann",
        StateFolder = "/home/ann/.local/share/OnionShare.PowerShell",
        Socket = "/home/ann/.local/share/OnionShare.PowerShell/run/engine.sock",
        Inboxes = ["/srv/in \"box\" 5% \\"],
    };
}

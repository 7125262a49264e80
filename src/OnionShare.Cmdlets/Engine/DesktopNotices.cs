using System.ComponentModel;
using System.Diagnostics;
using System.Threading.Channels;

namespace OnionShare.Cmdlets.Engine;

/// <param name="Text">All of it.</param>
/// <param name="Nameless">What of it may stand in the arguments of a process.</param>
internal sealed record Notice(string Text, string Nameless);

/// <summary>
/// Tells the person at the desktop what happened: a notification, and where there is no desktop the terminal's bell. Shown one after the other; a burst
/// becomes one. Names go over a program's standard input; where that is not to be had (notify-send) they are left out, since every user of the computer
/// can read the arguments of a process.
/// </summary>
internal sealed class DesktopNotices
{
    private const int Burst = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Channel<OnionEventArgs> _waiting = Channel.CreateBounded<OnionEventArgs>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropOldest });

    private DesktopNotices() => _ = Task.Run(ShowAllAsync);

    /// <summary>Those of this session: it has one desktop.</summary>
    public static DesktopNotices OfSession { get; } = new();

    /// <summary>
    /// Tells of what a service comes to, until it has ended: transfers that are over, warnings, tor's absence, its end unless somebody asked for it.
    /// Returns when nothing that happens from then on is missed.
    /// </summary>
    public Task FollowAsync(string serviceId)
    {
        var ended = new CancellationTokenSource();
        var watch = new EventWatch(StatePaths.Socket(), new EventSieve(
            new EventFilter([serviceId], [OnionEventType.State, OnionEventType.Transfer, OnionEventType.Warning]),
            what =>
            {
                if (IsNotable(what)) Show(what);
                if (what is { Kind: OnionEventType.State, Service.Status.State: var state } && state.IsEnded()) ended.Cancel();
            }));
        _ = Task.Run(() => watch.RunAsync(ended.Token), CancellationToken.None);
        return watch.Ready;
    }

    public void Show(OnionEventArgs what) => _waiting.Writer.TryWrite(what);

    /// <summary>Whether it is worth a notification where nobody said which events are.</summary>
    public static bool IsNotable(OnionEventArgs what) => what.Kind switch
    {
        OnionEventType.Transfer => what.Transfer?.State != nameof(TransferState.Active),
        OnionEventType.State => what.Service?.Status is { State: ServiceState.Failed or ServiceState.Disconnected }
            or { State: ServiceState.Stopped, StopReason: not StopReason.Requested },
        _ => true,
    };

    /// <summary>How a program is asked to show a notification.</summary>
    /// <param name="notice">What is to be told.</param>
    /// <returns>The command, and what it reads; null where there is no desktop.</returns>
    public static (string[] Command, string Input)? Request(Notice notice) =>
        OperatingSystem.IsWindows() ? (["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", "-"], NoticeScripts.Toast(notice.Text))
        : OperatingSystem.IsMacOS() ? (["osascript", "-l", "JavaScript", "-"], NoticeScripts.MacOS(notice.Text))
        : IsSet("DISPLAY") || IsSet("WAYLAND_DISPLAY") || IsSet("DBUS_SESSION_BUS_ADDRESS") ? (["notify-send", "--app-name=OnionShare", "OnionShare", notice.Nameless], "")
        : null;

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));

    private async Task ShowAllAsync()
    {
        while (await _waiting.Reader.WaitToReadAsync())
        {
            var all = new List<Notice>();
            while (_waiting.Reader.TryRead(out var what)) all.Add(new Notice(what.Message, NoticeScripts.Nameless(what)));
            if (all.Count > Burst) all = [new Notice($"{all.Count} things happened, the last: {all[^1].Text}", $"{all.Count} things happened, the last: {all[^1].Nameless}")];
            foreach (var notice in all)
            {
                if (!await TryShowAsync(notice)) Ring();
            }
        }
    }

    private static async Task<bool> TryShowAsync(Notice notice)
    {
        if (Request(notice) is not { } request) return false;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var process = Process.Start(RunProgram.Start(request.Command[0], request.Command[1..]));
            return process is not null && (await process.ToEndAsync(request.Input, limit.Token)).ExitCode == 0;
        }
        catch (Exception failure) when (failure is Win32Exception or IOException or OperationCanceledException)
        {
            return false; // the bell says it
        }
    }

    private static void Ring()
    {
        if (!Console.IsOutputRedirected) Console.Write('\a');
    }
}

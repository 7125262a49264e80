using System.ComponentModel;
using System.Diagnostics;

namespace OnionShare.Cmdlets.Desktop;

/// <summary>Programs that show something to the person at the computer, and go on when this session ends.</summary>
internal static class Programs
{
    // A program that can't show anything ends at once, with a code that says so; one that shows something may stay.
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);

    // Nothing of the terminal is handed on, neither its streams nor its Ctrl+C.
    private const string Apart = "exec </dev/null >/dev/null 2>&1; command -v setsid >/dev/null && exec setsid \"$0\" \"$@\"; exec \"$0\" \"$@\"";

    /// <summary>The first program of that name in the folders of PATH; null for none. Relative folders are left out.</summary>
    public static string? OnPath(string program) =>
        RunProgram.Path.Where(Path.IsPathFullyQualified).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>What opens a folder, or a page on this computer, as the desktop is set to; null where there is nothing that does.</summary>
    public static (string Program, string[] Arguments)? Desktop(string what)
    {
        if (OperatingSystem.IsMacOS()) return ("/usr/bin/open", [what]);
        if (OperatingSystem.IsWindows()) return (Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Windows), "explorer.exe"), [what]);
        return HasScreen && OnPath("xdg-open") is { } opener ? (opener, [what]) : null;
    }

    // Without one, xdg-open starts a browser for terminals where nobody sees it, and says that all is well.
    private static bool HasScreen => new[] { "DISPLAY", "WAYLAND_DISPLAY" }.Any(name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    /// <summary>Starts one. Gives false where it says that it can't.</summary>
    /// <exception cref="Win32Exception">It can't be run.</exception>
    public static async Task<bool> RunAsync((string Program, string[] Arguments) command, CancellationToken cancellationToken)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(command.Program, command.Arguments)
            : new ProcessStartInfo("/bin/sh", ["-c", Apart, command.Program, .. command.Arguments]);
        using var process = Process.Start(start) ?? throw new Win32Exception("no process was made");
        if (OperatingSystem.IsWindows()) return true; // what explorer.exe ends with says nothing
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Moment);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return true;
        }
    }
}

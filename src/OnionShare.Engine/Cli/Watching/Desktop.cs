using System.ComponentModel;
using System.Diagnostics;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>The desktop somebody sits at, if it is one: its clipboard and its file windows.</summary>
internal static class Desktop
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    // Programs that read the text from standard input: it is in no process's arguments.
    private static IEnumerable<string[]> Clipboards =>
        OperatingSystem.IsWindows() ? [["clip.exe"]]
        : OperatingSystem.IsMacOS() ? [["pbcopy"]]
        : [.. IsSet("WAYLAND_DISPLAY") ? new string[][] { ["wl-copy"] } : [], .. IsSet("DISPLAY") ? new string[][] { ["xclip", "-selection", "clipboard"] } : []];

    /// <summary>Puts ASCII text on the clipboard; false where there is none, or it did not take it.</summary>
    public static async Task<bool> CopyAsync(string text)
    {
        foreach (var command in Clipboards)
        {
            try
            {
                // Its output is not redirected: a clipboard's program stays in the background, and would keep the pipe open.
                using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardInput = true, UseShellExecute = false })!;
                await process.StandardInput.WriteAsync(text);
                process.StandardInput.Close();
                using var limit = new CancellationTokenSource(Limit);
                await process.WaitForExitAsync(limit.Token);
                if (process.ExitCode == 0) return true;
            }
            catch (Exception failure) when (failure is Win32Exception or IOException or OperationCanceledException)
            {
                // Another one may be there; in the end the terminal is asked.
            }
        }

        return false;
    }

    /// <summary>Opens a folder in a window; false where there is no desktop.</summary>
    public static bool Open(string folder)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                using var window = Process.Start(new ProcessStartInfo(folder) { UseShellExecute = true });
                return true;
            }

            if (!OperatingSystem.IsMacOS() && !IsSet("DISPLAY") && !IsSet("WAYLAND_DISPLAY")) return false;
            using var opener = Process.Start(new ProcessStartInfo(OperatingSystem.IsMacOS() ? "open" : "xdg-open", [folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            return opener is not null;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static bool IsSet(string variable) => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable));
}

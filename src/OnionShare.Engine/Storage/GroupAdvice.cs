using System.ComponentModel;
using System.Diagnostics;

namespace OnionShare.Engine.Storage;

/// <summary>Says how a user gets to use a file of another user's.</summary>
internal static class GroupAdvice
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>A sentence of advice that names the group to join, where there is one.</summary>
    public static async Task<string> ToReadAsync(string path)
    {
        const string otherwise = "or set a control password (HashedControlPassword in its torrc, and Set-OnionTor).";
        if (OperatingSystem.IsWindows())
            return $"Let this user read it, {otherwise}";
        var group = await GroupAsync(path);
        if (group is null or "root" or "wheel")
            return $"Let this user read it (CookieAuthFileGroupReadable 1 and a group of yours), {otherwise}";
        var join = OperatingSystem.IsMacOS() ? $"sudo dseditgroup -o edit -a $USER -t user {group}" : $"sudo usermod -aG {group} $USER";
        return $"Join the group {group} ({join}, then log in anew), {otherwise}";
    }

    // The nearest that can be looked at: into tor's own folder often only its group may look.
    private static async Task<string?> GroupAsync(string path)
    {
        for (var look = path; look is not null; look = Path.GetDirectoryName(look))
        {
            if (await StatAsync(look) is { } group)
                return group;
        }

        return null;
    }

    private static async Task<string?> StatAsync(string path)
    {
        string[] arguments = OperatingSystem.IsMacOS() ? ["-f", "%Sg", path] : ["-c", "%G", "--", path];
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            var (code, output, _) = await Process.Start(RunProgram.Start("stat", arguments))!.ToEndAsync("", limit.Token);
            var group = output.Trim();
            return code == 0 && group is { Length: > 0 } and not "UNKNOWN" ? RemoteText.Show(group, 80) : null;
        }
        catch (Exception e) when (e is Win32Exception or IOException or OperationCanceledException)
        {
            return null; // the advice is less exact then, no more
        }
    }
}

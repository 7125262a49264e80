namespace OnionShare.Cmdlets.Desktop;

internal static class TorBrowser
{
    /// <summary>The program and the arguments that open a URL in it; null where it is not found.</summary>
    public static (string Program, string[] Arguments)? Open(string url)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (OperatingSystem.IsMacOS())
        {
            var application = new[] { "/Applications", $"{home}/Applications" }.Select(folder => $"{folder}/Tor Browser.app").FirstOrDefault(Directory.Exists);
            return application is null ? null : ("/usr/bin/open", ["-a", application, url]);
        }

        if (OperatingSystem.IsWindows())
            return OnWindows(home).FirstOrDefault(File.Exists) is { } firefox ? (firefox, [url]) : null;
        if (OnLinux(home).FirstOrDefault(File.Exists) is { } start) return (start, ["--detach", url]);
        // The launcher knows where it has put the browser, and fetches it where it has not.
        return Programs.OnPath("torbrowser-launcher") is { } launcher ? (launcher, [url]) : null;
    }

    private static IEnumerable<string> OnWindows(string home)
    {
        string?[] parents =
        [
            Environment.GetFolderPath(Environment.SpecialFolder.DesktopDirectory), Path.Combine(home, "Desktop"), Path.Combine(home, "OneDrive", "Desktop"),
            Environment.GetEnvironmentVariable("LOCALAPPDATA"), Environment.GetEnvironmentVariable("ProgramFiles"), Environment.GetEnvironmentVariable("ProgramFiles(x86)"),
        ];
        return parents.Where(parent => !string.IsNullOrEmpty(parent)).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(parent => Path.Combine(parent!, "Tor Browser", "Browser", "firefox.exe"));
    }

    private static IEnumerable<string> OnLinux(string home)
    {
        string[] launchers = [$"{home}/.local/share/torbrowser/tbb", $"{home}/.var/app/org.torproject.torbrowser-launcher/data/torbrowser/tbb"];
        var folders = launchers.SelectMany(launcher => new[] { "x86_64", "aarch64" }.Select(machine => $"{launcher}/{machine}"))
            .Concat([home, $"{home}/Downloads", $"{home}/Desktop", "/opt"]);
        return folders.Select(folder => $"{folder}/tor-browser/Browser/start-tor-browser");
    }
}

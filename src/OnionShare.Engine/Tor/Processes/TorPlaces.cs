namespace OnionShare.Engine.Tor.Processes;

/// <param name="Named">The one the user named; null to look in the others.</param>
/// <param name="Usual">The other candidates, in the order they are tried. They need not exist.</param>
internal sealed record TorPlaces(string? Named, IReadOnlyList<string> Usual)
{
    /// <summary>The places of this machine: the folders of PATH, those of package managers, those of Tor Browser, and where tor was installed to.</summary>
    /// <param name="named">The program the user named.</param>
    /// <param name="stateFolder">The state folder, in which one may have been installed.</param>
    public static TorPlaces OfThisMachine(string? named, string? stateFolder = null)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        var path = Environment.GetEnvironmentVariable("PATH");
        var usual = OperatingSystem.IsWindows() ? OnPath(path, "tor.exe").Concat(OnWindows(Environment.GetEnvironmentVariable, home))
            : OnPath(path, "tor").Concat(OperatingSystem.IsMacOS() ? OnMacOS(home) : OnLinux(home));

        // Last: those of a package manager are kept up to date.
        if (stateFolder is not null && new InstalledTor(stateFolder).Find() is { } installed)
            usual = usual.Append(installed.Path);
        return new TorPlaces(named, [.. usual]);
    }

    /// <summary>The program in each folder of PATH. Relative folders are left out: what they hold depends on where one stands.</summary>
    public static IEnumerable<string> OnPath(string? path, string program) =>
        (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(folder => folder.Trim('"'))
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, program));

    private static IEnumerable<string> OnWindows(Func<string, string?> variable, string home)
    {
        // The installer proposes the desktop, which OneDrive may have moved.
        string?[] parents =
        [
            Environment.GetFolderPath(Environment.SpecialFolder.DesktopDirectory),
            Path.Combine(home, "Desktop"),
            Path.Combine(home, "OneDrive", "Desktop"),
            variable("LOCALAPPDATA"),
            variable("ProgramFiles"),
            variable("ProgramFiles(x86)"),
        ];
        foreach (var parent in parents.Where(p => !string.IsNullOrEmpty(p)).Distinct(StringComparer.OrdinalIgnoreCase))
            yield return Path.Combine(parent!, "Tor Browser", "Browser", "TorBrowser", "Tor", "tor.exe");
    }

    private static IEnumerable<string> OnMacOS(string home)
    {
        yield return "/opt/homebrew/bin/tor";
        yield return "/usr/local/bin/tor";
        yield return "/opt/local/bin/tor";
        foreach (var applications in new[] { "/Applications", Path.Combine(home, "Applications") })
        {
            yield return $"{applications}/Tor Browser.app/Contents/MacOS/Tor/tor";
            yield return $"{applications}/Tor Browser.app/Contents/Resources/TorBrowser/Tor/tor";
        }
    }

    private static IEnumerable<string> OnLinux(string home)
    {
        // A user's PATH often lacks the sbin folders.
        foreach (var folder in new[] { "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/snap/bin" })
            yield return $"{folder}/tor";

        string[] launchers = [$"{home}/.local/share/torbrowser/tbb", $"{home}/.var/app/org.torproject.torbrowser-launcher/data/torbrowser/tbb"];
        foreach (var launcher in launchers)
        {
            foreach (var machine in new[] { "x86_64", "aarch64" })
                yield return $"{launcher}/{machine}/tor-browser/Browser/TorBrowser/Tor/tor";
        }

        foreach (var parent in new[] { home, $"{home}/Downloads", $"{home}/Desktop", "/opt" })
            yield return $"{parent}/tor-browser/Browser/TorBrowser/Tor/tor";
    }
}

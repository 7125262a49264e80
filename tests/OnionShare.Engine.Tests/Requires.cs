using OnionShare.TorNetwork;
using Xunit;

namespace OnionShare.Engine.Tests;

/// <summary>
/// Programs a test needs. Where one is missing the test is skipped and says what to install, unless the environment variable
/// ONIONSHARE_REQUIRE names it (a list with commas: tor,chromium): then it fails, so that a build server cannot skip unnoticed.
/// </summary>
internal static class Requires
{
    /// <summary>tor and tor-gencert.</summary>
    public static TorPrograms Tor() => Found(TorPrograms.Find(), "tor", "apt install tor");

    /// <summary>The full path of a program that speaks obfs4.</summary>
    public static string Obfs4Proxy() => Found(TorPrograms.FindObfs4Proxy(), "obfs4proxy", "apt install obfs4proxy");

    /// <summary>The full path of Snowflake's program.</summary>
    public static string SnowflakeClient() => Found(OnPath("snowflake-client"), "snowflake-client", "apt install snowflake-client");

    /// <summary>
    /// The full path of PowerShell 7.6 or later: the one that test.sh took (ONIONSHARE_PWSH), else the one that
    /// <c>dotnet publish tests/OnionShare.Pwsh</c> makes. It comes with the tests, so that none is skipped for want of it.
    /// </summary>
    public static string Pwsh()
    {
        var pwsh = Environment.GetEnvironmentVariable("ONIONSHARE_PWSH") ??
            Path.Combine(Repository.Root, "out", "pwsh", OperatingSystem.IsWindows() ? "pwsh.exe" : "pwsh");
        Assert.True(File.Exists(pwsh), $"no {pwsh}; make it with dotnet publish tests/OnionShare.Pwsh");
        return pwsh;
    }

    /// <summary>The full path of Chromium or Chrome.</summary>
    public static string Chromium() =>
        Found(OnPath("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"), "chromium", "apt install chromium");

    /// <summary>The full path of onionbalance. It and its Tor library are for Linux.</summary>
    public static string Onionbalance()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: onionbalance is for Linux");
        return Found(OnPath("onionbalance") ?? Existing("/usr/sbin/onionbalance"), "onionbalance", "apt install onionbalance");
    }

    /// <summary>The full path of GnuPG.</summary>
    public static string Gpg() => Found(OnPath("gpg"), "gpg", "apt install gnupg");

    /// <summary>Skips or fails the test when the program was not found.</summary>
    internal static T Found<T>(T? program, string name, string install, string? required = null)
        where T : class
    {
        if (program is not null) return program;
        if (IsNamed(name, required ?? Environment.GetEnvironmentVariable("ONIONSHARE_REQUIRE")))
            Assert.Fail($"no {name}, and ONIONSHARE_REQUIRE asks for it; {install}");
        Assert.Skip($"skipped: no {name}; {install}");
        return program;
    }

    internal static bool IsNamed(string name, string? required) =>
        (required ?? "").Split(',', StringSplitOptions.TrimEntries).Contains(name, StringComparer.OrdinalIgnoreCase);

    private static string? Existing(string file) => File.Exists(file) ? file : null;

    private static string? OnPath(params string[] names) =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
         from name in names
         let file = Path.Combine(folder, OperatingSystem.IsWindows() ? name + ".exe" : name)
         where File.Exists(file)
         select file).FirstOrDefault();
}

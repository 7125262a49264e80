namespace OnionShare.TorNetwork;

/// <summary>The two programs a private network is made with.</summary>
/// <param name="Tor">Full path of tor.</param>
/// <param name="Gencert">Full path of tor-gencert, which makes the keys of a directory authority.</param>
public sealed record TorPrograms(string Tor, string Gencert)
{
    /// <summary>What to do where one of them is missing.</summary>
    public const string Advice = "apt install tor (it brings tor-gencert); brew install tor";

    // An ordinary user's PATH lacks the sbin folders, and Debian keeps tor in one.
    private static readonly string[] UsualFolders = ["/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin", "/opt/homebrew/bin"];

    /// <summary>Looks for both.</summary>
    /// <param name="searchPath">Folders in the form of PATH; null for PATH itself and the usual places.</param>
    /// <returns>The programs, or null when one is missing: <see cref="WhatIsMissing"/> says which.</returns>
    public static TorPrograms? Find(string? searchPath = null) =>
        FindProgram("tor", searchPath) is { } tor && FindProgram("tor-gencert", searchPath) is { } gencert ? new(tor, gencert) : null;

    /// <summary>Says in a sentence why a private network cannot run here; null when it can.</summary>
    /// <param name="searchPath">As for <see cref="Find"/>.</param>
    public static string? WhatIsMissing(string? searchPath = null)
    {
        var missing = new[] { "tor", "tor-gencert" }.Where(name => FindProgram(name, searchPath) is null).ToArray();
        return missing.Length == 0 ? null : $"No {string.Join(" and no ", missing)} was found on PATH. Install it: {Advice}.";
    }

    /// <summary>The full path of a program that speaks obfs4; null when there is none.</summary>
    public static string? FindObfs4Proxy() => FindProgram("obfs4proxy", null) ?? FindProgram("lyrebird", null);

    private static string? FindProgram(string name, string? searchPath)
    {
        var folders = (searchPath ?? Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var file = OperatingSystem.IsWindows() ? name + ".exe" : name;
        return folders.Concat(searchPath is null ? UsualFolders : [])
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }
}

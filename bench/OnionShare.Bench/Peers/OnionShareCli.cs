namespace OnionShare.Bench.Peers;

/// <summary>Debian's onionshare-cli.</summary>
internal static class OnionShareCli
{
    public static Task<Server> StartAsync(Workplace workplace, params string[] arguments)
    {
        var home = Directory.CreateDirectory(Path.Combine(workplace.Folder, "onionshare-home")).FullName;
        return Server.StartAsync("onionshare-cli", arguments, FindUrl, new Dictionary<string, string>
        {
            ["HOME"] = home,
            ["XDG_CONFIG_HOME"] = Path.Combine(home, ".config"),
            ["PYTHONUNBUFFERED"] = "1",
        });
    }

    private static string? FindUrl(string line) =>
        line.Trim() is var text && text.StartsWith("http://", StringComparison.Ordinal) && !text.Contains(' ', StringComparison.Ordinal) ? text : null;
}

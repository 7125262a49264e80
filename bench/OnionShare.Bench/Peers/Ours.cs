namespace OnionShare.Bench.Peers;

/// <summary>The engine's foreground verbs.</summary>
internal static class Ours
{
    public static Task<Server> StartAsync(Workplace workplace, params string[] arguments) => Server.StartAsync(
        Workplace.Engine, arguments, line => line.StartsWith("http", StringComparison.Ordinal) ? line : null,
        new Dictionary<string, string> { ["ONIONSHARE_HOME"] = Path.Combine(workplace.Folder, "home") });
}

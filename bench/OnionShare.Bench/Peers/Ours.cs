namespace OnionShare.Bench.Peers;

/// <summary>The engine's foreground verbs.</summary>
internal static class Ours
{
    public static Task<Server> StartAsync(Workplace workplace, params string[] arguments) => StartInAsync(workplace.Home("home"), arguments);

    /// <summary>With what a home has saved.</summary>
    public static Task<Server> StartInAsync(string home, params string[] arguments) => Server.StartAsync(
        Workplace.Engine, arguments, line => line.StartsWith("http", StringComparison.Ordinal) ? line : null,
        new Dictionary<string, string> { ["ONIONSHARE_HOME"] = home });
}

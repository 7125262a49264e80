namespace OnionShare.Engine.Tor.Bridges;

/// <summary>The sets of bridges that come with the engine: those the Tor Project gives to everybody.</summary>
internal static class BuiltInBridgeSets
{
    private static readonly Dictionary<BuiltInBridges, string> Names = new()
    {
        [BuiltInBridges.Obfs4] = "obfs4",
        [BuiltInBridges.Snowflake] = "snowflake",
        [BuiltInBridges.Meek] = "meek",
    };

    /// <summary>The bridges the settings ask for: the lines in them, else the set they name.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>.</exception>
    public static IReadOnlyList<BridgeLine> BridgesOf(TorSettings settings) =>
        BridgeLine.ParseAll(settings.Bridges) is { Count: > 0 } own ? own : settings.BuiltInBridges is { } set ? Of(set) : [];

    public static IReadOnlyList<BridgeLine> Of(BuiltInBridges set) => BridgeLine.ParseAll(Read(Names[set]));

    // A set is «[name transport]»; «+ …» says what each of its bridges is told, «@ …» is a bridge.
    private static List<string> Read(string name)
    {
        var type = typeof(BuiltInBridgeSets);
        using var reader = new StreamReader(type.Assembly.GetManifestResourceStream(type, "built-in-bridges.txt")!);
        var bridges = new List<string>();
        string[] set = [];
        var shared = "";
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('['))
                (set, shared) = (line.Trim('[', ']').Split(' '), "");
            else if (line.StartsWith('+'))
                shared += line[1..];
            else if (line.StartsWith('@') && set[0] == name)
                bridges.Add($"{set[1]} {line[1..].Trim()}{shared}");
        }

        return bridges;
    }
}

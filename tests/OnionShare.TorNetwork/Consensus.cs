namespace OnionShare.TorNetwork;

/// <summary>What an authority's copy of the consensus says about the relays (dir-spec, 3.4.1: items «r» and «s»).</summary>
internal static class Consensus
{
    /// <summary>How many relays it lists with the flags clients need: Running and HSDir.</summary>
    public static int UsableRelays(string file)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (IOException)
        {
            // Not there yet, or just being replaced.
            return 0;
        }

        return text.Split('\n')
            .Where(line => line.StartsWith("s ", StringComparison.Ordinal))
            .Select(line => line.Split(' '))
            .Count(flags => flags.Contains("Running") && flags.Contains("HSDir"));
    }
}

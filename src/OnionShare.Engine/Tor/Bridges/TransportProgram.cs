namespace OnionShare.Engine.Tor.Bridges;

/// <summary>A program that speaks pluggable transports for tor (pt-spec), known by the name of its file.</summary>
/// <param name="Name">The name, without .exe.</param>
/// <param name="Transports">The transports it serves.</param>
/// <param name="Install">How to get it; null when there is no usual way but Tor Browser.</param>
internal sealed record TransportProgram(string Name, IReadOnlyList<string> Transports, string? Install)
{
    /// <summary>
    /// All that are known. Where two serve a transport the first is taken: lyrebird learned snowflake and webtunnel late, so that a program
    /// for one of these alone goes before it.
    /// </summary>
    public static readonly IReadOnlyList<TransportProgram> Known =
    [
        new("snowflake-client", ["snowflake"], "apt install snowflake-client"),
        new("webtunnel-client", ["webtunnel"], null),
        new("conjure-client", ["conjure"], null),
        new("lyrebird", ["obfs4", "meek_lite", "snowflake", "webtunnel"], null),
        new("obfs4proxy", ["obfs4", "meek_lite"], "apt install obfs4proxy, brew install obfs4proxy"),
    ];

    /// <summary>Whether all versions that are about understand fronts=; else only front= (seen with snowflake-client 2.5.1 and obfs4proxy 0.0.14).</summary>
    public bool KnowsFronts => Name is not ("snowflake-client" or "obfs4proxy");

    public static bool Serves(string transport) => Known.Any(program => program.Transports.Contains(transport));

    /// <summary>The program of that file, by its name: <c>lyrebird</c>, <c>lyrebird.exe</c>, <c>obfs4proxy-0.0.14</c>; null when it is none of the known.</summary>
    public static TransportProgram? Of(string path)
    {
        var file = Path.GetFileName(path);
        return Known.FirstOrDefault(program => file.StartsWith(program.Name, StringComparison.OrdinalIgnoreCase)
            && (file.Length == program.Name.Length || !char.IsAsciiLetterOrDigit(file[program.Name.Length])));
    }
}

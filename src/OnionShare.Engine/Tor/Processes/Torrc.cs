using System.Globalization;
using System.Text;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>The configuration of a tor that the engine runs. Its only secret is the password of an outgoing proxy, and nothing of it is in the arguments.</summary>
internal static class Torrc
{
    /// <summary>The names of the files in the data folder that both sides know.</summary>
    public const string FileName = "torrc", PortFileName = "control-port", CookieFileName = "control-cookie";

    /// <summary>The SOCKS port: it says why an onion service is not reached (socks-extensions, §1).</summary>
    public const string SocksPort = "127.0.0.1:auto ExtendedErrors";

    /// <param name="folder">The data folder.</param>
    /// <param name="include">A file with lines of the user's own; null for none.</param>
    /// <param name="network">Lines on how it reaches the Tor network (see <see cref="TorrcNetwork"/>).</param>
    /// <param name="owner">The process tor must not outlive.</param>
    public static string Compose(string folder, string? include, IReadOnlyList<string> network, int owner)
    {
        var lines = new StringBuilder();

        // First, so that what must hold here is said last and wins.
        if (include is not null)
            lines.Append(Include(Path.GetFullPath(include))).Append('\n');
        foreach (var line in network)
            lines.Append(line).Append('\n');
        lines.Append("DataDirectory ").Append(TorrcText.Quote(folder)).Append('\n')
            .Append("SocksPort ").Append(SocksPort).Append('\n')
            .Append("ControlPort 127.0.0.1:auto\n")
            .Append("ControlPortWriteToFile ").Append(TorrcText.Quote(Path.Combine(folder, PortFileName))).Append('\n')
            .Append("CookieAuthentication 1\n")
            .Append("CookieAuthFile ").Append(TorrcText.Quote(Path.Combine(folder, CookieFileName))).Append('\n')
            .Append("AvoidDiskWrites 1\n")
            .Append("ShutdownWaitLength 0\n")
            .Append("Log notice stdout\n")
            .Append("__OwningControllerProcess ").Append(owner.ToString(CultureInfo.InvariantCulture)).Append('\n');
        return lines.ToString();
    }

    // %include takes wildcards, and has no way to say that a star is only a star: such a file's lines are put in themselves.
    private static string Include(string path) =>
        path.AsSpan().IndexOfAny('*', '?') >= 0 ? File.ReadAllText(path) : "%include " + TorrcText.Quote(path);
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Bridges;

/// <summary>
/// One bridge, in the form the Tor Project gives it out: <c>[transport] IP:port [fingerprint] [key=value …]</c> (tor manual, Bridge).
/// What was parsed is safe in a torrc: it is one line of printable ASCII.
/// </summary>
internal sealed record BridgeLine
{
    /// <summary>What <see cref="TorStatus.Transports"/> says of a bridge without a transport.</summary>
    public const string Plain = "bridge";

    // tor hands the arguments to the transport as SOCKS5 user name and password, 255 bytes each (pt-spec 3.5).
    private const int MostArgumentBytes = 510;
    private const int ShownOfALine = 80;

    private BridgeLine()
    {
    }

    /// <summary>The pluggable transport (obfs4, snowflake …); null for a bridge that is reached as a relay is.</summary>
    public string? Transport { get; private init; }

    /// <summary>Where it is. Transports that find their way otherwise (snowflake, meek_lite, webtunnel) have only a stand-in here.</summary>
    public required IPEndPoint Address { get; init; }

    /// <summary>The fingerprint of its identity key, 40 hexadecimal digits in upper case; null when the line has none.</summary>
    public string? Fingerprint { get; private init; }
    public IReadOnlyList<(string Key, string Value)> Arguments { get; private init; } = [];

    /// <summary>The line, without the word Bridge and with single spaces.</summary>
    public required string Text { get; init; }

    /// <summary>The first argument of that name; null when there is none.</summary>
    public string? Argument(string key) => Arguments.Where(a => a.Key == key).Select(a => a.Value).FirstOrDefault();

    public string Torrc() => "Bridge " + TorrcText.Quote(Text);

    /// <summary>
    /// The line as a program of its transport understands it: one that knows only front= gets the first of fronts=. Without, it would go straight to the
    /// service that is to be hidden, for all to see.
    /// </summary>
    public BridgeLine For(string program)
    {
        if (TransportProgram.Of(program) is not { KnowsFronts: false } || Argument("front") is not null || Argument("fronts") is not { } fronts)
            return this;
        IReadOnlyList<(string Key, string Value)> arguments = [.. Arguments, ("front", fronts.Split(',')[0])];
        if (Size(arguments) > MostArgumentBytes)
            arguments = [.. arguments.Where(argument => argument.Key != "fronts")];
        return this with { Arguments = arguments, Text = Join(Transport, Address, Fingerprint, arguments) };
    }

    /// <summary>
    /// Reads lines as people paste them: each text can hold several, with or without the word Bridge; blank lines and comments are left
    /// out, and so is what is there twice.
    /// </summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>, with the line and what is wrong with it.</exception>
    public static IReadOnlyList<BridgeLine> ParseAll(IEnumerable<string> texts)
    {
        var bridges = new List<BridgeLine>();
        var number = 0;
        foreach (var line in texts.SelectMany(text => text.ReplaceLineEndings("\n").Split('\n')).Select(line => line.Trim(' ', '\t')))
        {
            number++;
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (TryParse(line, out var wrong) is not { } bridge)
                throw Refused(number, line, wrong!);
            if (bridges.All(other => other.Text != bridge.Text))
                bridges.Add(bridge);
        }

        return bridges;
    }

    /// <param name="line">The line, with or without the word Bridge.</param>
    /// <param name="wrong">What is wrong with it, to go on after «it»; null when it was read.</param>
    public static BridgeLine? TryParse(string line, out string? wrong)
    {
        if (line.Any(IsOdd))
        {
            wrong = string.Create(CultureInfo.InvariantCulture, $"has a character that no bridge line has, U+{(int)line.First(IsOdd):X4}");
            return null;
        }

        var words = new Queue<string>(line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));
        if (words.TryPeek(out var first) && first.Equals("Bridge", StringComparison.OrdinalIgnoreCase))
            words.Dequeue();
        string? transport = null;
        if (words.TryPeek(out first) && IsName(first))
            transport = words.Dequeue();
        if (!words.TryDequeue(out var place))
        {
            wrong = "has no address; a bridge line is: transport IP:port fingerprint key=value …";
            return null;
        }

        wrong = WrongWithAddress(place, out var address);
        if (wrong is not null)
            return null;
        var fingerprint = transport is null ? string.Concat(words) : words.TryPeek(out first) && !first.Contains('=') ? words.Dequeue() : "";
        if (fingerprint.Length > 0 && (fingerprint.Length != 40 || !fingerprint.All(char.IsAsciiHexDigit)))
        {
            wrong = $"has '{RemoteText.Show(fingerprint, ShownOfALine)}' where its fingerprint should be: 40 hexadecimal digits";
            return null;
        }

        var pairs = transport is null ? [] : words.ToArray();
        wrong = WrongWithArguments(pairs);
        if (wrong is not null)
            return null;
        fingerprint = fingerprint.ToUpperInvariant();
        IReadOnlyList<(string Key, string Value)> arguments = [.. pairs.Select(pair => (pair[..pair.IndexOf('=')], pair[(pair.IndexOf('=') + 1)..]))];
        var bridge = new BridgeLine
        {
            Transport = transport,
            Address = address!,
            Fingerprint = fingerprint.Length == 0 ? null : fingerprint,
            Arguments = arguments,
            Text = Join(transport, address!, fingerprint, arguments),
        };
        wrong = Size(arguments) is > MostArgumentBytes and var size
            ? string.Create(CultureInfo.InvariantCulture, $"has {size} characters of key=value; tor can hand {MostArgumentBytes} to a transport (fewer ICE servers make it shorter)")
            : BridgeArguments.WrongWith(bridge);
        return wrong is null ? bridge : null;
    }

    public override string ToString() => Text;

    /// <summary>Whether tor takes it as the name of a transport: what C takes as a name.</summary>
    public static bool IsName(string word) =>
        word.Length > 0 && !char.IsAsciiDigit(word[0]) && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static bool IsOdd(char c) => c is not '\t' and (< ' ' or > '~');

    private static string? WrongWithAddress(string place, out IPEndPoint? address)
    {
        address = null;
        var colon = place.LastIndexOf(':');
        var host = colon < 0 ? place : place[..colon];
        var bracketed = host.StartsWith('[') && host.EndsWith(']');

        // .NET reads much as an address that tor does not: 1, 0x7f.1, fe80::1%eth0.
        if (!IPAddress.TryParse(bracketed ? host[1..^1] : host, out var ip) || host.Contains('%')
            || bracketed != (ip.AddressFamily == AddressFamily.InterNetworkV6) || (!bracketed && ip.ToString() != host))
        {
            return $"has '{RemoteText.Show(place, ShownOfALine)}' where its address should be: IP:port, or [IPv6]:port";
        }

        if (colon < 0 || !ushort.TryParse(place.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
            return $"has no port from 1 to 65535 after its address, {RemoteText.Show(place, ShownOfALine)}";
        address = new IPEndPoint(ip, port);
        return null;
    }

    private static string? WrongWithArguments(string[] pairs)
    {
        if (pairs.FirstOrDefault(pair => pair.IndexOf('=') < 1) is { } odd)
            return $"has '{RemoteText.Show(odd, ShownOfALine)}' where only key=value can be";
        return null;
    }

    private static string Join(string? transport, IPEndPoint address, string? fingerprint, IEnumerable<(string Key, string Value)> arguments) =>
        string.Join(' ', new[] { transport, $"{address}", fingerprint }.Where(word => !string.IsNullOrEmpty(word)).Concat(arguments.Select(a => $"{a.Key}={a.Value}")));

    // As tor joins them: a semicolon between, and a backslash before what would be one.
    private static int Size(IReadOnlyList<(string Key, string Value)> arguments) =>
        arguments.Sum(a => a.Key.Length + a.Value.Length + 1 + $"{a.Key}{a.Value}".Count(c => c is ';' or '\\')) + Math.Max(0, arguments.Count - 1);

    private static ProblemException Refused(int number, string line, string wrong) => new(
        ProblemCodes.TorSettings,
        string.Create(CultureInfo.InvariantCulture, $"Bridge line {number}, '{RemoteText.Show(line, ShownOfALine)}', can't be used: it {wrong}."),
        "Copy the whole line as you were given it (https://bridges.torproject.org, or the mail or Telegram bot of the Tor Project).", "bridges");
}

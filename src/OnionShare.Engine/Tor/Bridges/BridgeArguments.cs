using System.Globalization;

namespace OnionShare.Engine.Tor.Bridges;

/// <summary>What the bridge lines of the known transports must tell, so that a cut or mistyped one is found before tor tries it for minutes.</summary>
internal static class BridgeArguments
{
    // Node id and public key: 20 and 32 bytes in base64 without padding (obfs4-spec).
    private const int CertBytes = 52, CertLength = 70;

    /// <summary>What is wrong with the arguments of a bridge line, to go on after «it»; null for nothing, and for transports not known here.</summary>
    public static string? WrongWith(BridgeLine bridge) => bridge.Transport switch
    {
        "obfs4" => WrongWithObfs4(bridge),
        "meek_lite" => WrongWithUrl(bridge, "url") ?? WrongWithNames(bridge),
        "webtunnel" => WrongWithUrl(bridge, "url"),
        "conjure" => WrongWithUrl(bridge, "url") ?? WrongWithNames(bridge),
        "snowflake" => WrongWithSnowflake(bridge),
        _ => null,
    };

    private static string? WrongWithObfs4(BridgeLine bridge)
    {
        if (bridge.Argument("cert") is { } cert)
        {
            var bytes = new byte[CertBytes];
            if (cert.Length != CertLength || !Convert.TryFromBase64String(cert + "==", bytes, out var written) || written != CertBytes)
                return string.Create(CultureInfo.InvariantCulture, $"has a cert= of {cert.Length} characters that is cut or mistyped; obfs4 has {CertLength} of base64");
        }
        else if (bridge.Argument("node-id") is null || bridge.Argument("public-key") is null)
        {
            return "has no cert=, which obfs4 needs";
        }

        return bridge.Argument("iat-mode") is "0" or "1" or "2" ? null : "has no iat-mode=0, 1 or 2, which obfs4 needs (iat-mode=0 is the usual one)";
    }

    private static string? WrongWithSnowflake(BridgeLine bridge)
    {
        if (bridge.Argument("sqsqueue") is null && WrongWithUrl(bridge, "url") is { } wrong)
            return wrong;
        if (bridge.Argument("fingerprint") is { } fingerprint && (fingerprint.Length != 40 || !fingerprint.All(char.IsAsciiHexDigit)))
            return "has a fingerprint= that is not 40 hexadecimal digits";
        if (bridge.Argument("ice")?.Split(',').FirstOrDefault(server => !server.StartsWith("stun:", StringComparison.Ordinal)
            && !server.StartsWith("turn:", StringComparison.Ordinal) && !server.StartsWith("turns:", StringComparison.Ordinal)) is { } odd)
        {
            return $"has '{RemoteText.Show(odd, 80)}' among its ICE servers, which begin with stun:, turn: or turns:";
        }

        return WrongWithNames(bridge);
    }

    private static string? WrongWithUrl(BridgeLine bridge, string key) => bridge.Argument(key) switch
    {
        null => $"has no {key}=, which {bridge.Transport} needs",
        { } text when WebAddress.TryRead(text, out var url) && url.Scheme is "https" or "http" && url.Host.Length > 0 => null,
        { } text => $"has '{RemoteText.Show(text, 80)}' as its {key}=, which is no http or https address",
    };

    private static string? WrongWithNames(BridgeLine bridge) =>
        bridge.Arguments.Where(a => a.Key is "front" or "fronts").SelectMany(a => a.Value.Split(',')).FirstOrDefault(front => !IsHost(front)) is { } odd
            ? $"has '{RemoteText.Show(odd, 80)}' as a front, which is no host name"
            : null;

    private static bool IsHost(string text)
    {
        var colon = text.LastIndexOf(':');
        var isWithPort = colon > 0 && ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return Uri.CheckHostName(isWithPort ? text[..colon] : text) != UriHostNameType.Unknown;
    }
}

namespace OnionShare.Cmdlets;

/// <summary>The error records of the commands about tor.</summary>
internal static class TorErrors
{
    private const string NothingSaved = "Nothing was saved.";

    public static ErrorRecord NothingToSet() => Errors.From(new Problem(
        LocalCodes.NothingToChange,
        "There is nothing to set.",
        "Say what, such as -Connection, -Bridge or -Proxy; -Reset All takes every setting back to its default."));

    public static ErrorRecord NoBridgeLines() => Errors.From(new Problem(
        LocalCodes.NoBridgeLines,
        "No bridge line came in.",
        $"Give lines such as 'obfs4 192.0.2.1:443 FINGERPRINT cert=… iat-mode=0', or -NoBridges to use none. {NothingSaved}"));

    public static ErrorRecord SetAndReset(string setting) => Errors.From(new Problem(
        LocalCodes.ParametersClash,
        $"{setting} can't be both set and reset.",
        $"Leave it out of -Reset, or leave out what sets it. {NothingSaved}"));

    public static ErrorRecord FileNotFound(string parameter, string path) => Errors.From(new Problem(
        ProblemCodes.PathNotFound,
        $"-{parameter}: there is no file '{RemoteText.Show(path)}'.",
        $"Check the spelling. {NothingSaved}",
        path));

    public static ErrorRecord BridgeFileUnreadable(string path, string reason) => Errors.From(new Problem(
        ProblemCodes.PathNotReadable,
        $"The bridge lines in '{RemoteText.Show(path)}' can't be read: {RemoteText.Show(reason)}",
        $"Give a text file with one bridge a line. {NothingSaved}",
        path));

    public static ErrorRecord EmptyControlPassword() => Errors.From(new Problem(
        LocalCodes.EmptyPassword,
        "The password of the control endpoint is empty.",
        $"Give the one whose hash is tor's HashedControlPassword, or -Reset ControlPassword to forget the one that is saved. {NothingSaved}"));

    public static ErrorRecord ProxyNeeded() => Errors.From(new Problem(
        LocalCodes.ProxyNeeded,
        "-ProxyCredential needs -Proxy, the address of the proxy with its scheme and without a user.",
        $"Give it as https://host:port or socks5://host:port. {NothingSaved}"));

    public static ErrorRecord NoBridgesOffered(string? country) => Errors.From(new Problem(
        ProblemCodes.BridgesNotFound,
        "The Tor Project recommends no bridges" + (country is null ? "." : $" for {RemoteText.Show(country)}."),
        $"Tor may work there without: try Connect-OnionTor. Or use -BuiltInBridges. {NothingSaved}",
        country));

    public static ErrorRecord NoBridgesUsable(IReadOnlyList<BridgeOffer> offers) => Errors.From(new Problem(
        ProblemCodes.TransportNotFound,
        $"No program is here for any of the transports the Tor Project recommends: {RemoteText.Show(string.Join(", ", offers.Select(offer => offer.Transport)))}.",
        $"Install one of them as the warnings say, and ask again. {NothingSaved}"));

    public static ErrorRecord NoBridgeConnects(IReadOnlyList<string> tried) => Errors.From(new Problem(
        ProblemCodes.TorNotConnected,
        $"tor does not connect, neither as it is set nor by bridges. Tried: {string.Join("; ", tried)}.",
        "Check the network and the clock of this computer. Where Tor is blocked, get bridges from somebody you trust, or by mail to bridges@torproject.org "
        + "(Get-Content bridges.txt | Set-OnionTor). The settings are as they were."));
}

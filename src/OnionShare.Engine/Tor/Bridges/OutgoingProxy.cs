using System.Globalization;
using System.Net;
using System.Text;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Bridges;

/// <summary>The proxy through which tor reaches its relays or bridges.</summary>
internal sealed record OutgoingProxy
{
    private const string Form = "Its form is https://[user:password@]host:port for a proxy that takes CONNECT, socks5://[user:password@]host:port for SOCKS 5; "
        + "write %40 for an @ in a password, %3A for a colon, %2F for a slash, %25 for a percent sign.";

    // RFC 1929 has a byte for each length; tor allows less than 512 for both together of an HTTPS proxy.
    private const int MostSocksBytes = 255, MostHttpBytes = 511;

    private OutgoingProxy()
    {
    }

    /// <summary>Whether it speaks SOCKS 5; else HTTP, with CONNECT.</summary>
    public required bool IsSocks { get; init; }

    /// <summary>Its host name or IP address, an IPv6 one in brackets. tor looks a name up when it starts, outside Tor.</summary>
    public required string Host { get; init; }
    public required int Port { get; init; }

    public string? User { get; init; }

    public string? Password { get; init; }

    /// <summary>Whether user name or password have a character that a URI must escape.</summary>
    public bool NeedsEscapes => Uri.EscapeDataString(User ?? "") != (User ?? "") || Uri.EscapeDataString(Password ?? "") != (Password ?? "");

    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>. It never repeats the password.</exception>
    public static OutgoingProxy Parse(string text)
    {
        // HTTPS is what tor calls it; everybody else's name for the same is http.
        if (!WebAddress.TryRead(text, out var uri) || text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
            throw Refused("The proxy is no address that can be read.");
        if (uri.Scheme is not ("https" or "http" or "socks5"))
            throw Refused($"tor knows no proxy of the kind {RemoteText.Show(uri.Scheme)}://.");
        if (uri.AbsolutePath is not ("" or "/") || uri.Query.Length > 0 || uri.Fragment.Length > 0)
            throw Refused("The proxy has something after its port.");
        if (uri.Host.Length == 0 || uri.Port <= 0 || !text.TrimEnd('/').EndsWith($":{uri.Port.ToString(CultureInfo.InvariantCulture)}", StringComparison.Ordinal))
            throw Refused($"The proxy {RemoteText.Show(uri.Host)} has no host or no port.");
        if (WebAddress.AsciiHost(uri) is not { } host || Uri.CheckHostName(uri.DnsSafeHost) == UriHostNameType.Unknown)
            throw Refused($"'{RemoteText.Show(uri.Host)}' is no host name.");

        var colon = uri.UserInfo.IndexOf(':');
        var proxy = new OutgoingProxy
        {
            IsSocks = uri.Scheme == "socks5",
            Host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : host,
            Port = uri.Port,
            User = uri.UserInfo.Length == 0 ? null : Uri.UnescapeDataString(colon < 0 ? uri.UserInfo : uri.UserInfo[..colon]),
            Password = uri.UserInfo.Length == 0 ? null : colon < 0 ? "" : Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]),
        };
        proxy.CheckCredentials();
        return proxy;
    }

    /// <param name="escaped">
    /// Whether user name and password are written as in a URI: tor puts them unchanged into the one it gives to transports (pt-spec, TOR_PT_PROXY).
    /// </param>
    public IEnumerable<string> Torrc(bool escaped)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
        var (user, password) = escaped ? (Uri.EscapeDataString(User ?? ""), Uri.EscapeDataString(Password ?? "")) : (User, Password);
        yield return (IsSocks ? "Socks5Proxy " : "HTTPSProxy ") + place;
        if (User is null)
            yield break;
        if (!IsSocks)
        {
            yield return "HTTPSProxyAuthenticator " + TorrcText.Quote($"{user}:{password}");
            yield break;
        }

        yield return "Socks5ProxyUsername " + TorrcText.Quote(user!);
        yield return "Socks5ProxyPassword " + TorrcText.Quote(password!);
    }

    /// <summary>The same with an IP address for a host name: for a check that must look nothing up.</summary>
    public OutgoingProxy WithoutName() => IPAddress.TryParse(Host.Trim('[', ']'), out _) ? this : this with { Host = "127.0.0.1" };

    /// <summary>The proxy for what the engine itself fetches. It is used for every address: nothing goes past it.</summary>
    public WebProxy ForWeb() => new(new Uri(string.Create(CultureInfo.InvariantCulture, $"{(IsSocks ? "socks5" : "http")}://{Host}:{Port}")))
    {
        Credentials = User is null ? null : new NetworkCredential(User, Password),
    };

    private void CheckCredentials()
    {
        if (User is null)
            return;
        if ((User + Password).Any(char.IsControl))
            throw Refused("The user name or password of the proxy has a control character.");
        var (user, password) = (Encoding.UTF8.GetByteCount(User), Encoding.UTF8.GetByteCount(Password!));
        if (IsSocks && (user is 0 or > MostSocksBytes || password is 0 or > MostSocksBytes))
            throw Refused($"User name and password of a SOCKS 5 proxy have 1 to {MostSocksBytes} bytes each, or there is neither.");
        if (!IsSocks && (User.Contains(':') || user + password >= MostHttpBytes))
            throw Refused(User.Contains(':') ? "A colon can't be in the user name of an HTTP proxy." : $"User name and password of the proxy are longer than {MostHttpBytes} bytes.");
    }

    private static ProblemException Refused(string detail) => new(ProblemCodes.TorSettings, detail, Form, "proxy");
}

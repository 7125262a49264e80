using System.Net;
using System.Text;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Clients;

/// <summary>The address of somebody else's service, taken apart and checked before anything is connected to.</summary>
internal sealed record ServiceAddress
{
    private const int OldLength = 16;

    /// <summary>The host of its URLs: <c>56 characters.onion</c>, or a loopback address.</summary>
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>The path that was named, encoded; <c>/</c> for none.</summary>
    public required string Path { get; init; }

    /// <summary>The value of <c>Authorization</c>; null for none. Secret.</summary>
    public string? Authorization { get; init; }

    public bool IsLocal { get; init; }

    public Uri Root => new($"http://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}/");

    /// <summary>A path of the service as a whole address.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.RemoteUnsafe"/>: it leads to another host, which <c>//host/</c> does.</exception>
    public Uri At(string path) => path.StartsWith('/') && WebAddress.TryRead(Root, path, out var to) && to.Scheme == Root.Scheme && to.Authority == Root.Authority
        ? to
        : throw ClientProblems.Unsafe("The service names an address that is not its own.");

    /// <summary>Reads the address of a request. No sentence of a problem has the password in it.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.RemoteAddress"/>.</exception>
    public static ServiceAddress Parse(RemoteRequest request)
    {
        var text = request.Url.Trim();
        if (!text.Contains("://", StringComparison.Ordinal)) text = "http://" + text;
        if (!WebAddress.TryRead(text, out var uri) || uri.Host.Length == 0)
            throw Refuse("This is no address of a service.", "Paste it whole: http://onionshare:password@56-characters.onion");
        if (uri.Scheme != Uri.UriSchemeHttp)
        {
            throw Refuse(
                $"The address begins with {RemoteText.Show(uri.Scheme, 20)}://, and only http:// is visited.",
                "An onion service is encrypted by Tor itself: write http://.");
        }

        var user = Uri.UnescapeDataString(uri.UserInfo).Split(':', 2);
        var password = request.Password ?? (user.Length == 2 ? user[1] : null);
        return new ServiceAddress
        {
            Host = HostOf(uri, request.LocalOnly),
            Port = uri.Port,
            Path = uri.AbsolutePath,
            IsLocal = request.LocalOnly,
            Authorization = password is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{(user[0].Length > 0 ? user[0] : "onionshare")}:{password}")),
        };
    }

    /// <summary>Without the secret.</summary>
    public override string ToString() => Host;

    private static string HostOf(Uri uri, bool localOnly)
    {
        var host = WebAddress.AsciiHost(uri) ?? throw Refuse($"{RemoteText.Show(uri.Host, 80)} is no name of a host.", $"Check the address: it ends with {OnionAddress.Suffix}.");
        var shown = RemoteText.Show(host, 80);
        var isHere = IPAddress.TryParse(host, out var number) ? IPAddress.IsLoopback(number) : host == "localhost";
        if (isHere)
        {
            // The name is not asked for: what it leads to is somebody else's to say.
            return localOnly ? number?.ToString() ?? "127.0.0.1" : throw Refuse($"{shown} is this computer.", "Say -LocalOnly to visit a service here without tor.");
        }

        if (!host.EndsWith(OnionAddress.Suffix, StringComparison.OrdinalIgnoreCase))
            throw Refuse($"{shown} is no onion service, and nothing else is visited.", $"Check the address: it ends with {OnionAddress.Suffix}.");
        if (localOnly) throw Refuse($"{shown} is an onion service, which can't be visited without tor.", "Leave out -LocalOnly.");
        var label = host[..^OnionAddress.Suffix.Length];
        label = label[(label.LastIndexOf('.') + 1)..];
        if (OnionAddress.Parse(label) is { } address) return address;
        throw label.Length switch
        {
            OldLength => Refuse($"{shown} is an address of version 2, which Tor has not carried since 2021.", "Ask for the new one; it has 56 characters."),
            OnionAddress.Length => Refuse($"{shown} is mistyped: its checksum does not fit. Tor was not asked.", "Compare it with the one you were given, or paste it."),
            _ => Refuse($"{shown} has {(label.Length == 1 ? "1 character" : $"{label.Length} characters")} before {OnionAddress.Suffix}; an address has {OnionAddress.Length}. Tor was not asked.", "Paste it whole."),
        };
    }

    private static ProblemException Refuse(string detail, string advice) => new(new Problem(ProblemCodes.RemoteAddress, detail, advice));
}

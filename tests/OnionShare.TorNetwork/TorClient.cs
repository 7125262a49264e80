using System.Diagnostics;
using System.Net;

namespace OnionShare.TorNetwork;

/// <summary>A tor connected to the private network, for visiting onions or, through its control port, for offering them.</summary>
public sealed class TorClient : IAsyncDisposable
{
    private readonly TorProcess _process;
    private readonly string _folder;

    private TorClient(TorProcess process, string folder, IPEndPoint socks, IPEndPoint? control)
    {
        _process = process;
        _folder = folder;
        SocksEndpoint = socks;
        ControlEndpoint = control;
    }

    /// <summary>Where it listens for SOCKS clients.</summary>
    public IPEndPoint SocksEndpoint { get; }

    /// <summary>Where it listens for controllers; null unless <see cref="TorClientOptions.ControlPort"/> was set.</summary>
    public IPEndPoint? ControlEndpoint { get; }

    /// <summary>The file with the 32 bytes which AUTHENTICATE wants, in hexadecimal (control-spec 3.5).</summary>
    public string ControlCookieFile => CookieFile(_folder);

    /// <summary>The tor itself, for tests which kill or stop it.</summary>
    public Process Process => _process.Process;

    /// <summary>
    /// A visitor's browser: goes through this tor, lets tor resolve every name, follows no redirects and keeps no cookies.
    /// </summary>
    /// <param name="isolation">Clients with different values share no circuit (tor(1), IsolateSOCKSAuth).</param>
    public HttpClient CreateHttpClient(string? isolation = null) => new(CreateHandler(isolation)) { Timeout = TimeSpan.FromMinutes(2) };

    /// <summary>What <see cref="CreateHttpClient"/> uses, for tests which change more of it.</summary>
    public SocketsHttpHandler CreateHandler(string? isolation = null) => new()
    {
        Proxy = new WebProxy($"socks5://{SocksEndpoint}") { Credentials = isolation is null ? null : new NetworkCredential(isolation, "x") },
        UseProxy = true,
        UseCookies = false,
        AllowAutoRedirect = false,
    };

    /// <summary>Ends tor and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Folders.Delete(_folder);
    }

    internal static async Task<TorClient> StartAsync(
        string tor, string name, string folder, string include, TorClientOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StartLimit);
        var process = TorProcess.Start(tor, name, folder,
        [
            $"%include {TorProcess.Quoted(include)}",
            "SocksPort 127.0.0.1:auto",
            .. options.ControlPort
                ? (string[])["ControlPort 127.0.0.1:auto", "CookieAuthentication 1", $"CookieAuthFile {TorProcess.Quoted(CookieFile(folder))}"]
                : [],
            .. BridgeTorrc(options.Bridges),
            .. options.Torrc,
        ]);
        try
        {
            var socks = await EndpointAsync(process, "Opened Socks listener", limit.Token);
            var control = options.ControlPort ? await EndpointAsync(process, "Opened Control listener", limit.Token) : null;
            await process.LineAsync("Bootstrapped 100%", limit.Token);
            return new TorClient(process, folder, socks, control);
        }
        catch (Exception e)
        {
            var log = process.LogEnd();
            await process.DisposeAsync();
            Folders.Delete(folder);
            if (e is not OperationCanceledException || cancellationToken.IsCancellationRequested) throw;
            throw new TorNetworkException($"The tor of {name} was not connected within {options.StartLimit.TotalSeconds:0} s. " +
                $"The end of its log:{Environment.NewLine}{log}", e);
        }
    }

    private static IEnumerable<string> BridgeTorrc(IReadOnlyList<string> lines) =>
        lines.Count == 0 ? [] : [
            "UseBridges 1",
            .. lines.Select(line => $"Bridge {line}"),
            .. TorPrograms.FindObfs4Proxy() is { } transport ? (string[])[$"ClientTransportPlugin obfs4 exec {transport}"] : [],
        ];

    private static string CookieFile(string folder) => Path.Combine(folder, "control_auth_cookie");

    // «Opened Socks listener connection (ready) on 127.0.0.1:35121»
    private static async Task<IPEndPoint> EndpointAsync(TorProcess process, string opened, CancellationToken cancellationToken)
    {
        var line = await process.LineAsync(opened, cancellationToken);
        return IPEndPoint.TryParse(line[(line.LastIndexOf(' ') + 1)..], out var endpoint)
            ? endpoint
            : throw new TorNetworkException($"The port could not be read from tor's log line: {line}");
    }
}

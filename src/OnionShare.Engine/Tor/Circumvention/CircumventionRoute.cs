using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>A way on which the circumvention service is asked. Nothing it opens resolves the service's name on this computer.</summary>
internal abstract class CircumventionRoute : IAsyncDisposable
{
    /// <exception cref="TunnelException">It can't be opened.</exception>
    public abstract ValueTask<Stream> OpenAsync(DnsEndPoint service, CancellationToken cancellationToken);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal sealed class TorRoute(EndPoint socks) : CircumventionRoute
{
    private readonly SocksCredentials _isolation = new("onionshare-bridges", RandomNumberGenerator.GetHexString(16));

    public override async ValueTask<Stream> OpenAsync(DnsEndPoint service, CancellationToken cancellationToken) =>
        await SocksTunnel.OpenAsync(socks, service.Host, service.Port, _isolation, cancellationToken);
}

internal sealed class ProxyRoute(OutgoingProxy proxy) : CircumventionRoute
{
    private readonly EndPoint _endpoint = ProxyConnection.EndPoint(proxy.Host.Trim('[', ']'), proxy.Port);

    public override async ValueTask<Stream> OpenAsync(DnsEndPoint service, CancellationToken cancellationToken) => proxy.IsSocks
        ? await SocksTunnel.OpenAsync(
            _endpoint, service.Host, service.Port, proxy.User is { } user ? new SocksCredentials(user, proxy.Password!) { Optional = true } : null, cancellationToken)
        : await ConnectTunnel.OpenAsync(
            _endpoint, service.Host, service.Port, proxy.User is null ? null : new NetworkCredential(proxy.User, proxy.Password), cancellationToken);
}

/// <summary>Through a meek transport: its far end leads to the service, whatever address is asked for.</summary>
internal sealed class MeekRoute : CircumventionRoute
{
    private readonly ManagedTransport _transport;
    private readonly BridgeLine _bridge;
    private readonly SocksCredentials _arguments;

    private MeekRoute(ManagedTransport transport, BridgeLine bridge)
    {
        (_transport, _bridge) = (transport, bridge);
        _arguments = TransportArguments.Encode(bridge.Arguments);
    }

    /// <param name="program">The full path of its program.</param>
    /// <param name="bridge">The meek_lite bridge.</param>
    /// <param name="proxy">The proxy of the settings, which it goes through too; null for none.</param>
    /// <param name="logger">Hears what it says.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TransportNotFound"/>.</exception>
    public static async Task<MeekRoute> StartAsync(string program, BridgeLine bridge, OutgoingProxy? proxy, ILogger logger, CancellationToken cancellationToken)
    {
        // What tor calls an HTTPS proxy is one that is spoken to in plain HTTP, and is called so here (pt-spec, TOR_PT_PROXY).
        return new MeekRoute(await ManagedTransport.StartAsync(program, bridge.Transport!, proxy is null ? null : Address(proxy), logger, cancellationToken), bridge.For(program));
    }

    public override async ValueTask<Stream> OpenAsync(DnsEndPoint service, CancellationToken cancellationToken) =>
        await SocksTunnel.OpenAsync(_transport.Socks, _bridge.Address.Address.ToString(), _bridge.Address.Port, _arguments, cancellationToken);

    public override ValueTask DisposeAsync() => _transport.DisposeAsync();

    private static string Address(OutgoingProxy proxy)
    {
        var user = proxy.User is null ? "" : $"{Uri.EscapeDataString(proxy.User)}:{Uri.EscapeDataString(proxy.Password!)}@";
        return string.Create(CultureInfo.InvariantCulture, $"{(proxy.IsSocks ? "socks5" : "http")}://{user}{proxy.Host}:{proxy.Port}");
    }
}

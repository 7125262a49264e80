using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

/// <summary>A tor right after its start, with no network to connect to.</summary>
public sealed class LaunchedTorTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(TorConnectionType.Own)]
    [InlineData(TorConnectionType.TorSharp)]
    public async Task Its_socks_port_says_why_an_onion_service_is_not_reached_whoever_started_it(TorConnectionType connection)
    {
        var program = Requires.Tor().Tor;
        using var scratch = new Scratch();
        var nowhere = scratch.File("nowhere", "DirAuthority nobody orport=1 no-v2 v3ident=0123456789012345678901234567890123456789 127.0.0.1:1 0123456789012345678901234567890123456789\n"u8.ToArray());
        var options = new TorOptions { StateFolder = scratch.State, ExecutablePath = program, TorrcInclude = nowhere };
        var launcher = new Launcher(new OwnLauncher(options, options.Settings), connection);
        await using var source = new LaunchedTor(launcher, options, options.Settings, TimeProvider.System, NullLogger.Instance);

        await using var session = await source.OpenAsync(Cancel);

        var reply = await session.Control.SendAsync("GETCONF SocksPort", Cancel);
        Assert.EndsWith("ExtendedErrors", reply.Value("SocksPort"), StringComparison.Ordinal);
        // The port that is told is the one that tor has opened with the flag, not the one it was started with.
        var listeners = await session.Control.SendAsync("GETINFO net/listeners/socks", Cancel);
        Assert.Equal($"\"{session.Socks}\"", listeners.Value("net/listeners/socks"));
        if (connection == TorConnectionType.TorSharp) Assert.NotEqual($"127.0.0.1:{launcher.Port}", session.Socks);
    }

    // TorSharp's torrc has a port without a flag.
    private sealed class Launcher(OwnLauncher own, TorConnectionType connection) : ITorLauncher
    {
        public int Port { get; } = FreePort();

        public TorConnectionType Connection => connection;

        public Task<TorExecutable> FindAsync(CancellationToken cancellationToken) => own.FindAsync(cancellationToken);

        public Task<(IRunningTor Tor, IDisposable? Starting)> StartAsync(
            TorExecutable executable, TorDataFolder folder, string torrc, IReadOnlyList<TransportLink> links, TorLog log, CancellationToken cancellationToken) =>
            own.StartAsync(executable, folder, connection == TorConnectionType.Own ? torrc : torrc.Replace(Torrc.SocksPort, $"{Port}", StringComparison.Ordinal), links, log, cancellationToken);

        private static int FreePort()
        {
            using var listener = new TcpListener(IPAddress.Loopback, 0);
            listener.Start();
            return ((IPEndPoint)listener.LocalEndpoint).Port;
        }
    }
}

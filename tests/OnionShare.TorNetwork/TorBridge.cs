using System.Diagnostics;
using System.Net;

namespace OnionShare.TorNetwork;

/// <summary>
/// A bridge into the private network: a relay no directory lists, reached at its own port, and by obfs4 where the program for that is there.
/// Its clients <c>%include</c> <see cref="PrivateTorNetwork.BridgeInclude"/>.
/// </summary>
public sealed class TorBridge : IAsyncDisposable
{
    private readonly TorProcess _process;
    private readonly string _folder;

    private TorBridge(TorProcess process, string folder, IPEndPoint plain, IPEndPoint? obfs4, string fingerprint, string? obfs4Arguments)
    {
        _process = process;
        _folder = folder;
        Endpoint = plain;
        Obfs4Endpoint = obfs4;
        Line = $"{plain} {fingerprint}";
        Obfs4Line = obfs4 is null ? null : $"obfs4 {obfs4} {fingerprint} {obfs4Arguments}";
    }

    /// <summary>Where it is reached without a transport.</summary>
    public IPEndPoint Endpoint { get; }

    /// <summary>Where it is reached by obfs4; null without the program.</summary>
    public IPEndPoint? Obfs4Endpoint { get; }

    /// <summary>Its bridge line without a transport.</summary>
    public string Line { get; }

    /// <summary>Its bridge line for obfs4; null without the program.</summary>
    public string? Obfs4Line { get; }

    /// <summary>The tor itself, for tests which kill or stop it.</summary>
    public Process Process => _process.Process;

    /// <summary>Ends it and deletes its folder.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Folders.Delete(_folder);
    }

    internal static async Task<TorBridge> StartAsync(
        string tor, string name, string folder, string common, TorBridgeOptions options, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StartLimit);
        var transport = TorPrograms.FindObfs4Proxy();
        IPEndPoint plain;
        IPEndPoint obfs4;
        using (var ports = PortRun.Take(2))
        {
            plain = new IPEndPoint(options.Address, ports.First);
            obfs4 = new IPEndPoint(options.Address, ports.First + 1);
        }

        var process = TorProcess.Start(tor, name, folder,
        [
            $"%include {TorProcess.Quoted(common)}",
            $"Nickname {name}",
            "ContactInfo none",
            "Address 127.0.0.1",
            "AssumeReachable 1",
            "BridgeRelay 1",
            "PublishServerDescriptor 0",
            "BridgeDistribution none",
            // tor wants an IPv4 port of every relay.
            options.Address.Equals(IPAddress.Loopback) ? $"ORPort {plain} IPv4Only" : $"ORPort 127.0.0.1:auto IPv4Only",
            .. options.Address.Equals(IPAddress.Loopback) ? (string[])[] : [$"ORPort {plain} IPv6Only"],
            "ExitRelay 0",
            "SocksPort 0",
            "NumCPUs 1",
            "DoSCircuitCreationEnabled 0",
            "DoSConnectionEnabled 0",
            "DoSRefuseSingleHopClientRendezvous 0",
            .. transport is null
                ? (string[])[]
                : ["ExtORPort auto", $"ServerTransportPlugin obfs4 exec {transport}", $"ServerTransportListenAddr obfs4 {obfs4}"],
        ]);
        try
        {
            await process.LineAsync("Bootstrapped 100%", limit.Token);
            var fingerprint = (await File.ReadAllTextAsync(Path.Combine(folder, "fingerprint"), limit.Token)).Split(' ')[1].Trim();
            if (transport is null) return new TorBridge(process, folder, plain, null, fingerprint, null);
            await process.LineAsync("Registered server transport 'obfs4'", limit.Token);
            return new TorBridge(process, folder, plain, obfs4, fingerprint, await Obfs4ArgumentsAsync(folder, limit.Token));
        }
        catch (Exception e)
        {
            var log = process.LogEnd();
            await process.DisposeAsync();
            Folders.Delete(folder);
            if (e is not OperationCanceledException || cancellationToken.IsCancellationRequested) throw;
            throw new TorNetworkException($"The bridge {name} was not ready within {options.StartLimit.TotalSeconds:0} s. " +
                $"The end of its log:{Environment.NewLine}{log}", e);
        }
    }

    // «Bridge obfs4 <IP ADDRESS>:<PORT> <FINGERPRINT> cert=… iat-mode=0», below comments.
    private static async Task<string> Obfs4ArgumentsAsync(string folder, CancellationToken cancellationToken)
    {
        var file = Path.Combine(folder, "pt_state", "obfs4_bridgeline.txt");
        var line = (await File.ReadAllLinesAsync(file, cancellationToken)).FirstOrDefault(line => line.StartsWith("Bridge obfs4 ", StringComparison.Ordinal));
        return line is not null && line.IndexOf("cert=", StringComparison.Ordinal) is var at and >= 0
            ? line[at..].Trim()
            : throw new TorNetworkException($"{file} has no line «Bridge obfs4 … cert=…»; this program writes it in a form not known here.");
    }
}

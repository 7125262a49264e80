namespace OnionShare.TorNetwork;

/// <summary>
/// A whole Tor network on 127.0.0.1: three directory authorities which relay too, and three relays. Onion services in it are real ones,
/// and nothing leaves the machine. Disposing it ends every tor and deletes its folder; if this process is killed, its tors go within 15 s.
/// </summary>
public sealed class PrivateTorNetwork : IAsyncDisposable
{
    internal const int FirstVotingInterval = 8;
    private const int Authorities = 3;
    private const int Relays = 3;
    private const int Attempts = 3;
    private readonly PrivateTorNetworkOptions _options;
    private readonly TorPrograms _programs;
    private readonly List<TorProcess> _processes = [];
    private readonly Lock _lock = new();
    private readonly List<IAsyncDisposable> _guests = [];
    private int _clientsMade;
    private int _bridgesMade;
    private bool _disposed;

    private PrivateTorNetwork(PrivateTorNetworkOptions options, TorPrograms programs)
    {
        _options = options;
        _programs = programs;
        Folder = Folders.CreateRandom(options.ParentFolder);
    }

    /// <summary>The folder of the network: everything it writes is below. Only the user can look into it.</summary>
    public string Folder { get; }

    /// <summary>The torrc fragment which a client or service of this network has to <c>%include</c>.</summary>
    public string Include => Path.Combine(Folder, "client.torrc");

    /// <summary>The fragment for a client that uses bridges: tor takes no EntryNodes beside them.</summary>
    public string BridgeInclude => Path.Combine(Folder, "bridge-client.torrc");

    /// <summary>The program the network runs on; clients of a test's own may use it too.</summary>
    public string TorProgram => _programs.Tor;

    /// <summary>The process ids of authorities and relays.</summary>
    public IReadOnlyList<int> ProcessIds => [.. _processes.Select(process => process.Id)];

    private string Common => Path.Combine(Folder, "network.torrc");

    /// <summary>Starts a network and waits until it can be used. It takes about 10 s.</summary>
    /// <exception cref="TorNetworkException">tor or tor-gencert is missing, a tor ended, or the limit was reached.</exception>
    public static async Task<PrivateTorNetwork> StartAsync(PrivateTorNetworkOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PrivateTorNetworkOptions();
        var programs = TorPrograms.Find(options.SearchPath)
            ?? throw new TorNetworkException(TorPrograms.WhatIsMissing(options.SearchPath) ?? TorPrograms.Advice);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(options.StartLimit);
        for (var attempt = 1; ; attempt++)
        {
            var network = new PrivateTorNetwork(options, programs);
            try
            {
                await network.BringUpAsync(limit.Token);
                return network;
            }
            catch (TorNetworkException e) when (e.PortWasTaken && attempt < Attempts)
            {
                options.Progress?.Report("A port was taken by another program; once more with others.");
                await network.DisposeAsync();
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                var log = network._processes.FirstOrDefault()?.LogEnd();
                await network.DisposeAsync();
                throw new TorNetworkException($"The private Tor network was not ready within {options.StartLimit.TotalSeconds:0} s. " +
                    $"The end of the first authority's log:{Environment.NewLine}{log}", e);
            }
            catch
            {
                await network.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Starts a tor of its own for a visitor or a service and waits until it is connected. It takes about 2 s.</summary>
    /// <exception cref="TorNetworkException">It ended, or the limit was reached.</exception>
    public async Task<TorClient> StartClientAsync(TorClientOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var number = Interlocked.Increment(ref _clientsMade);
        options ??= new TorClientOptions();
        return await KeepAsync(await TorClient.StartAsync(_programs.Tor, $"client{number}", Path.Combine(Folder, $"client{number}"),
            options.Bridges.Count > 0 ? BridgeInclude : Include, options, cancellationToken));
    }

    /// <summary>Starts a bridge and waits until it serves. It takes about 3 s.</summary>
    /// <exception cref="TorNetworkException">It ended, or the limit was reached.</exception>
    public async Task<TorBridge> StartBridgeAsync(TorBridgeOptions? options = null, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var name = $"bridge{Interlocked.Increment(ref _bridgesMade)}";
        return await KeepAsync(await TorBridge.StartAsync(
            _programs.Tor, name, Path.Combine(Folder, name), Common, options ?? new TorBridgeOptions(), cancellationToken));
    }

    /// <summary>Ends the clients, the bridges and the network, and deletes the folder.</summary>
    public async ValueTask DisposeAsync()
    {
        IAsyncDisposable[] guests;
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
            guests = [.. _guests];
        }

        foreach (var guest in guests) await guest.DisposeAsync();
        await Task.WhenAll(_processes.Select(process => process.DisposeAsync().AsTask()));
        Folders.Delete(Folder);
    }

    // It ends with the network.
    private async Task<T> KeepAsync<T>(T guest)
        where T : IAsyncDisposable
    {
        bool late;
        lock (_lock)
        {
            late = _disposed;
            if (!late) _guests.Add(guest);
        }

        if (!late) return guest;
        await guest.DisposeAsync();
        throw new ObjectDisposedException(nameof(PrivateTorNetwork));
    }

    private async Task BringUpAsync(CancellationToken cancellationToken)
    {
        _options.Progress?.Report("Making the keys of the authorities.");
        var ports = PortRun.Take((2 * Authorities) + Relays);
        TorNode[] nodes;
        try
        {
            nodes =
            [
                .. Enumerable.Range(0, Authorities).Select(n => Node($"authority{n + 1}", ports.First + (2 * n), ports.First + (2 * n) + 1)),
                .. Enumerable.Range(0, Relays).Select(n => Node($"relay{n + 1}", ports.First + (2 * Authorities) + n, null)),
            ];
            var authorities = await Task.WhenAll(
                nodes.Where(node => node.DirectoryPort is not null).Select(node => node.MakeAuthorityAsync(_programs, cancellationToken)));
            WriteFragments([.. authorities.Select(authority => authority.Line)], [.. authorities.Select(authority => authority.Fingerprint)]);
        }
        finally
        {
            ports.Dispose();
        }

        _options.Progress?.Report($"Starting {nodes.Length} tors on 127.0.0.1, ports {ports.First} and up.");
        // Votes fall on multiples of the interval plus the offset. With this one the first falls when every relay has been heard;
        // without, the first consensus is often partial and costs an interval more.
        var offset = (int)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() % FirstVotingInterval);
        foreach (var node in nodes)
            _processes.Add(TorProcess.Start(_programs.Tor, node.Nickname, node.Folder, node.Torrc(Common, offset, _options.ExitToLoopback)));
        _options.Progress?.Report("Waiting for the first consensus.");
        await UntilConsensusAsync(Path.Combine(nodes[0].Folder, "cached-microdesc-consensus"), nodes.Length, cancellationToken);
        if (_options.ExitToLoopback)
        {
            _options.Progress?.Report("Waiting for the exits.");
            await Task.WhenAll(_processes.Skip(Authorities).Select(relay => relay.LineAsync("Bootstrapped 100%", cancellationToken)));
        }

        _options.Progress?.Report("The network is ready.");
    }

    private TorNode Node(string nickname, int onionRouterPort, int? directoryPort) =>
        new(nickname, Path.Combine(Folder, nickname), onionRouterPort, directoryPort);

    private void WriteFragments(string[] authorityLines, string[] fingerprints)
    {
        File.WriteAllLines(Common,
        [
            "TestingTorNetwork 1",
            .. authorityLines,
            "PathsNeededToBuildCircuits 0.25",
            "EnforceDistinctSubnets 0",
            "AvoidDiskWrites 1",
            "ShutdownWaitLength 0",
            $"KISTSchedRunInterval {_options.WriteInterval.TotalMilliseconds:0} msec",
        ]);
        File.WriteAllLines(BridgeInclude,
        [
            $"%include {TorProcess.Quoted(Common)}",
            "TestingClientMaxIntervalWithoutRequest 1",
            "TestingDirConnectionMaxStall 10",
            "CircuitBuildTimeout 10",
            "LearnCircuitBuildTimeout 0",
            .. _options.ExitToLoopback ? (string[])["UseMicrodescriptors 0"] : [],
        ]);
        File.WriteAllLines(Include,
        [
            $"%include {TorProcess.Quoted(BridgeInclude)}",
            // A plain relay answers 404 for up to 10 s after the first consensus.
            $"EntryNodes {string.Join(',', fingerprints.Select(fingerprint => "$" + fingerprint))}",
        ]);
    }

    private async Task UntilConsensusAsync(string file, int nodes, CancellationToken cancellationToken)
    {
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (Consensus.UsableRelays(file) < nodes)
        {
            await look.WaitForNextTickAsync(cancellationToken);
            foreach (var process in _processes) process.ThrowIfEnded();
        }
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Tor.Circumvention;

/// <summary>
/// A pluggable transport's client that the engine runs itself, as tor would (pt-spec, managed proxies). Disposal ends it and removes what it
/// kept; when the engine dies it ends too, because its standard input closes.
/// </summary>
internal sealed class ManagedTransport : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(3);

    private readonly Process _process;
    private readonly DirectoryInfo _state;
    private readonly ILogger _logger;
    private readonly Task _complaining;
    private Task _reading = Task.CompletedTask;
    private string? _complaint;

    private ManagedTransport(Process process, DirectoryInfo state, ILogger logger)
    {
        _process = process;
        _state = state;
        _logger = logger;
        _complaining = ReadComplaintsAsync();
    }

    public int ProcessId => _process.Id;

    /// <summary>Where its SOCKS 5 port listens.</summary>
    public IPEndPoint Socks { get; private set; } = null!;

    /// <summary>Starts a program for one transport and waits until its SOCKS port is open.</summary>
    /// <param name="program">The full path of lyrebird, obfs4proxy, snowflake-client …</param>
    /// <param name="method">The transport's name: <c>meek_lite</c>, <c>obfs4</c> …</param>
    /// <param name="proxy">The proxy to connect through, <c>socks5://…</c> or <c>http://…</c> (TOR_PT_PROXY); null for none.</param>
    /// <param name="logger">Hears what it says of itself.</param>
    /// <param name="cancellationToken">Ends it, and the program.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TransportNotFound"/>: it does not do what it should. Nothing is left running.</exception>
    public static async Task<ManagedTransport> StartAsync(
        string program, string method, string? proxy, ILogger logger, CancellationToken cancellationToken)
    {
        // 0700 where there are modes; below the user's own folder where there are none.
        var state = Directory.CreateTempSubdirectory($"onionshare-transport-{Environment.ProcessId}-");
        ManagedTransport transport;
        try
        {
            transport = new ManagedTransport(Process.Start(StartOf(program, method, proxy, state.FullName))!, state, logger);
        }
        catch (Exception failure)
        {
            state.Delete();
            throw failure is Win32Exception or IOException ? Failed(program, $"can't be started: {failure.Message}", failure) : failure;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            transport.Socks = await transport.HandshakeAsync(program, method, proxy is not null, limit.Token);
            transport._reading = transport.ReadOnAsync();
            return transport;
        }
        catch (Exception failure)
        {
            await transport.DisposeAsync();
            throw failure is OperationCanceledException && !cancellationToken.IsCancellationRequested
                ? Failed(program, $"did not open its port within {StartLimit.TotalSeconds:0} s", failure)
                : failure;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close(); // what it takes as the sign to end (TOR_PT_EXIT_ON_STDIN_CLOSE)
            using var limit = new CancellationTokenSource(EndLimit);
            await _process.WaitForExitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // one that stays is killed
            if (!_process.HasExited)
                _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or Win32Exception)
        {
            _logger.LogDebug(e, "the transport was gone before it was ended");
        }

        await _process.WaitForExitAsync();
        await Task.WhenAll(_reading, _complaining);
        _process.Dispose();
        try
        {
            _state.Delete(recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _logger.LogWarning(e, "the transport's folder {Folder} is left", _state.FullName);
        }
    }

    private static ProcessStartInfo StartOf(string program, string method, string? proxy, string state)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = state,
        };

        // What the engine's own environment says of transports or proxies is not meant for this one.
        foreach (var name in start.Environment.Keys.Where(IsForeign).ToArray())
            start.Environment.Remove(name);
        start.Environment["TOR_PT_MANAGED_TRANSPORT_VER"] = "1";
        start.Environment["TOR_PT_STATE_LOCATION"] = state;
        start.Environment["TOR_PT_EXIT_ON_STDIN_CLOSE"] = "1";
        start.Environment["TOR_PT_CLIENT_TRANSPORTS"] = method;
        if (proxy is not null)
            start.Environment["TOR_PT_PROXY"] = proxy;
        return start;
    }

    private static bool IsForeign(string variable) =>
        variable.StartsWith("TOR_PT_", StringComparison.OrdinalIgnoreCase) || variable.EndsWith("_PROXY", StringComparison.OrdinalIgnoreCase);

    private async Task<IPEndPoint> HandshakeAsync(string program, string method, bool proxied, CancellationToken cancellationToken)
    {
        var proxyDone = !proxied;
        IPEndPoint? socks = null;
        while (await _process.StandardOutput.ReadLineAsync(cancellationToken) is { } line)
        {
            _logger.LogDebug("transport: {Line}", RemoteText.Show(line));
            switch (line.Split(' '))
            {
                case ["PROXY", "DONE"]:
                    proxyDone = true;
                    break;
                case ["CMETHOD", var name, "socks5", var address] when name == method:
                    socks = IPEndPoint.TryParse(address, out var endpoint) && IPAddress.IsLoopback(endpoint.Address)
                        ? endpoint
                        : throw Failed(program, $"opened no port on this machine, but {RemoteText.Show(address, 60)}");
                    break;
                case ["CMETHODS", "DONE"] when !proxyDone:
                    throw Failed(program, "does not say that it uses the proxy");
                case ["CMETHODS", "DONE"]:
                    return socks ?? throw Failed(program, $"does not know the transport {method}");
                case ["VERSION-ERROR" or "ENV-ERROR" or "PROXY-ERROR" or "CMETHOD-ERROR", ..]:
                    throw Failed(program, $"answered: {RemoteText.Show(line)}");
            }
        }

        await _complaining;
        throw Failed(program, $"ended at once: {_complaint ?? "it said nothing"}");
    }

    // Whatever comes later has to be taken off its hands, or it would stand still with a full pipe.
    private async Task ReadOnAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
            _logger.LogDebug("transport: {Line}", RemoteText.Show(line));
    }

    private async Task ReadComplaintsAsync()
    {
        while (await _process.StandardError.ReadLineAsync() is { } line)
        {
            _complaint = RemoteText.Show(line);
            _logger.LogDebug("transport: {Line}", _complaint);
        }
    }

    private static ProblemException Failed(string program, string what, Exception? cause = null) => new(
        ProblemCodes.TransportNotFound, $"The transport program {RemoteText.Show(program)} {what}.",
        "Update it or install another (apt install obfs4proxy; lyrebird comes with Tor Browser), and name it in the settings.", program,
        cause: cause);
}

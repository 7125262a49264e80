using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Tunnels;

namespace OnionShare.Engine.Clients;

/// <summary>A visit to somebody else's service: where it is, how one gets in, and circuits to it. No byte goes past tor unless the service is on this computer.</summary>
internal sealed class Visit : IDisposable
{
    /// <summary>How long the network may take until a service answers: tor itself gives up after about two minutes.</summary>
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(150);

    private readonly TorHost _tor;
    private readonly ClientKey? _key;
    private readonly ConcurrentStack<Circuit> _idle = new();
    private volatile string? _trouble;

    /// <summary>Checks the request; connects to nothing.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.RemoteAddress"/>, <see cref="ProblemCodes.RemoteKey"/>.</exception>
    public Visit(RemoteRequest request, TorHost tor)
    {
        _tor = tor;
        Address = ServiceAddress.Parse(request);
        if (request.ClientKey is null) return;
        if (!ClientKey.TryParsePrivate(request.ClientKey, out _key))
            throw new ProblemException(new Problem(ProblemCodes.RemoteKey, "This is not a client key.", "It has 52 letters and digits; paste it whole."));
    }

    public ServiceAddress Address { get; }

    /// <summary>Why the last connection did not come about, in words; null when it did.</summary>
    public string? Trouble => _trouble;

    /// <summary>Whether the onion service asks for a client key, or another one.</summary>
    public bool WantsKey { get; private set; }

    /// <summary>Whether a client key was given.</summary>
    public bool HasKey => _key is not null;

    /// <summary>A circuit that nobody uses, or what stands for one on this computer: one that was given back, else a new one. Nothing is connected before it is used.</summary>
    public Circuit TakeCircuit() => _idle.TryPop(out var circuit) ? circuit : new Circuit(Address, ConnectAsync);

    /// <summary>Gives a circuit back that works. One that does not is disposed instead.</summary>
    public void Return(Circuit circuit) => _idle.Push(circuit);

    /// <summary>Does something over a circuit, which is given back if that works.</summary>
    public async Task<T> OverCircuitAsync<T>(Func<Circuit, Task<T>> work)
    {
        var circuit = TakeCircuit();
        try
        {
            var result = await work(circuit);
            Return(circuit);
            return result;
        }
        catch
        {
            circuit.Dispose();
            throw;
        }
    }

    /// <summary>Whether it was the connection that failed, so that it may work at another attempt.</summary>
    public static bool IsLost(Exception failure) => failure is HttpRequestException or IOException && failure.InnerException is not ProblemException;

    public void Dispose()
    {
        while (_idle.TryPop(out var circuit)) circuit.Dispose();
    }

    /// <summary>Waits until tor is there; for a service on this computer there is nothing to wait for.</summary>
    public Task ReadyAsync(CancellationToken cancellationToken) => Address.IsLocal ? Task.CompletedTask : _tor.ConnectAsync(cancellationToken);

    /// <param name="isolation">Streams with another one go over another circuit (tor(1), IsolateSOCKSAuth).</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="IOException">It can't be reached.</exception>
    public async ValueTask<Stream> ConnectAsync(string isolation, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectLimit);
        try
        {
            var stream = Address.IsLocal ? await ConnectHereAsync(limit.Token) : await ConnectThroughTorAsync(isolation, limit.Token);
            _trouble = null;
            return stream;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(_trouble = "the service did not answer in time", late);
        }
        catch (TunnelException refused)
        {
            WantsKey |= refused.Reply is 0xF4 or 0xF5;
            _trouble = refused.Message;
            throw;
        }
        catch (SocketException refused)
        {
            throw new IOException(_trouble = $"nothing answers at port {Address.Port} of this computer", refused);
        }
    }

    private async Task<Stream> ConnectHereAsync(CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(Address.Host), Address.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> ConnectThroughTorAsync(string isolation, CancellationToken cancellationToken)
    {
        await _tor.ConnectAsync(cancellationToken);
        if (_tor.Status.Socks is not { } text || ProxyConnection.Parse(text) is not { } socks)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.TorControl, "It is not known where this tor's SOCKS port is.", "Say where it is (Set-OnionTor -SocksEndpoint)."));
        }

        // tor forgets it when it ends; told again it only says that it knows (control-spec 3.30).
        if (_key is not null && _tor.Present is { } session)
            await session.Control.SendAsync($"ONION_CLIENT_AUTH_ADD {Address.Host[..OnionAddress.Length]} {_key.ToControl()}", cancellationToken);
        return await SocksTunnel.OpenAsync(socks, Address.Host, Address.Port, new SocksCredentials("onionshare-client", isolation), cancellationToken);
    }
}

/// <summary>An HTTP client whose requests go over one circuit to one service, and nowhere else.</summary>
internal sealed class Circuit : IDisposable
{
    /// <summary>Redirects on the same host that are followed.</summary>
    private const int MostRedirects = 5;

    private readonly ServiceAddress _address;
    private readonly HttpClient _http;
    private readonly string _isolation = RandomNumberGenerator.GetHexString(32);

    public Circuit(ServiceAddress address, Func<string, CancellationToken, ValueTask<Stream>> connect)
    {
        _address = address;
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = (_, cancellationToken) => connect(_isolation, cancellationToken),
            ConnectTimeout = Timeout.InfiniteTimeSpan, // the callback has a limit of its own
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            MaxResponseHeadersLength = 64, // KiB
            ResponseDrainTimeout = TimeSpan.Zero,
            MaxConnectionsPerServer = 1,
        })
        {
            BaseAddress = address.Root,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "OnionShare-Client");
        _http.DefaultRequestHeaders.TryAddWithoutValidation("Accept-Encoding", "identity");
        if (address.Authorization is { } secret) _http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", secret);
    }

    /// <summary>The client itself, for what does not go through <see cref="SendAsync"/>.</summary>
    public HttpMessageInvoker Http => _http;

    /// <summary>
    /// Sends a request; returns when the headers are there. Redirects of a GET or HEAD are followed on the same host.
    /// </summary>
    /// <exception cref="ProblemException">The password is wrong, the redirect leads elsewhere, or the answer is coded as nobody asked for.</exception>
    /// <exception cref="HttpRequestException">The connection did not come about, or broke.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(method, _address.At(path));
            prepare?.Invoke(request);
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            try
            {
                if (response.StatusCode == HttpStatusCode.Unauthorized) throw ClientProblems.Password(_address.Authorization is not null);
                if ((int)response.StatusCode is >= 300 and < 400 and not 304)
                {
                    path = Next(response, request.RequestUri!, method, redirects);
                    response.Dispose();
                    continue;
                }

                if (response.Content.Headers.ContentEncoding.Any(coding => coding != "identity"))
                    throw ClientProblems.Unsafe("The service compresses what was not to be compressed.");
                return response;
            }
            catch
            {
                response.Dispose();
                throw;
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private string Next(HttpResponseMessage response, Uri from, HttpMethod method, int redirects)
    {
        var to = response.Headers.Location is { } location ? new Uri(from, location) : null;
        if (to is null || to.Scheme != Uri.UriSchemeHttp || !string.Equals(to.Host, from.Host, StringComparison.OrdinalIgnoreCase) || to.Port != from.Port)
            throw ClientProblems.Unsafe($"The service sends visitors elsewhere{(to is null ? "" : $", to {RemoteText.Show(to.Host, 80)}")}: that is not followed.");
        if (redirects == MostRedirects || (method != HttpMethod.Get && method != HttpMethod.Head))
            throw ClientProblems.NotUnderstood("The service sends visitors from one page to the next without end.");
        return to.PathAndQuery;
    }
}

using System.Net;
using System.Runtime.CompilerServices;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// The engine's control API over its socket or pipe. Every method throws <see cref="ProblemException"/> for what the engine
/// refuses and for an engine that is not there, is gone or does not answer.
/// </summary>
internal sealed class EngineClient : IDisposable
{
    // The engine answers when the descriptor has been uploaded: until then nobody reaches the service.
    private static readonly TimeSpan PublishLimit = TimeSpan.FromMinutes(5);

    /// <summary>For what has a limit of its own in the engine, which answers when that is over.</summary>
    public static readonly TimeSpan NoLimit = Timeout.InfiniteTimeSpan;

    private readonly EngineConnection _engine;
    private readonly bool _starts;

    /// <summary>A client of the engine that runs; it starts none.</summary>
    public EngineClient(string socket)
        : this(new EngineConnection(socket), starts: false)
    {
    }

    private EngineClient(EngineConnection engine, bool starts) => (_engine, _starts) = (engine, starts);

    /// <summary>The same one, which starts an engine for what it is asked where none runs.</summary>
    public EngineClient Starting => _starts ? this : new EngineClient(_engine, starts: true);

    /// <summary>The same one, which starts none.</summary>
    public EngineClient Running => _starts ? new EngineClient(_engine, starts: false) : this;

    public SavedClient Saved => new(this);
    public RecordClient Records => new(this);
    public TorClient Tor => new(this);
    public RemoteClient Remote => new(this);

    /// <summary>The engine that runs; null where none does. Starts none.</summary>
    public static async Task<EngineClient?> FindAsync(CancellationToken cancellationToken) =>
        await EngineConnection.FindAsync(cancellationToken) is { } engine ? new EngineClient(engine, starts: false) : null;

    /// <summary>Whether one runs; starts none.</summary>
    public Task<bool> IsThereAsync(CancellationToken cancellationToken) => _engine.IsThereAsync(cancellationToken);

    public Task<EngineStatus> EngineAsync(CancellationToken cancellationToken) => GetAsync<EngineStatus>(Routes.Engine, cancellationToken);

    public Task StopEngineAsync(bool force, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Delete, Routes.Engine + Forced(force), null, cancellationToken);

    public Task<IReadOnlyList<ServiceStatus>> ServicesAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<ServiceStatus>>(Routes.Services, cancellationToken);

    public Task<ServiceStatus> ServiceAsync(string id, CancellationToken cancellationToken) => GetAsync<ServiceStatus>(Routes.Service(id), cancellationToken);

    public Task<IReadOnlyList<Transfer>> TransfersAsync(string id, CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<Transfer>>(Routes.Transfers(id), cancellationToken);

    public Task<IReadOnlyList<LogRecord>> LogAsync(CancellationToken cancellationToken) => GetAsync<IReadOnlyList<LogRecord>>(Routes.Log, cancellationToken);

    public Task<IReadOnlyList<Transfer>> HistoryAsync(CancellationToken cancellationToken) =>
        GetAsync<IReadOnlyList<Transfer>>(Routes.History, cancellationToken);

    public Task ClearHistoryAsync(CancellationToken cancellationToken) => DoAsync(HttpMethod.Delete, Routes.History, null, cancellationToken);

    /// <summary>
    /// Has a service brought up, starting the engine if none runs. Cancelled only until the engine is asked: it answers at once, and an answer not read
    /// would leave a service nobody knows of. One that ran already is not to go down when whoever asked gives up.
    /// </summary>
    public async Task<(ServiceStatus Status, bool RanAlready)> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        using var body = request.Body();
        using var response = await EngineLauncher.AskAsync(
            Running, there => there.SendAsync(HttpMethod.Post, request.Route, body, CancellationToken.None), cancellationToken);
        return (await EngineConnection.ReadAsync<ServiceStatus>(response, CancellationToken.None), response.StatusCode == HttpStatusCode.OK);
    }

    public Task<ServiceStatus> ChangeAsync(string id, ServiceChange change, CancellationToken cancellationToken) =>
        SendAsync<ServiceStatus>(HttpMethod.Patch, Routes.Service(id), ContractsJson.Body(change), cancellationToken);

    /// <summary>Grants access to a service that runs, or, where <paramref name="id"/> is null, to a saved one.</summary>
    public Task<ClientAccess> GrantAsync(string name, string? id, GrantRequest request, CancellationToken cancellationToken) =>
        PostAsync<ClientAccess>(id is null ? Routes.SavedClients(name) : Routes.Clients(id), ContractsJson.Body(request), cancellationToken, PublishLimit);

    /// <summary>Revokes access to a service that runs, or, where <paramref name="id"/> is null, to a saved one.</summary>
    public Task RevokeAsync(string name, string? id, string client, CancellationToken cancellationToken) => DoAsync(
        HttpMethod.Delete, id is null ? Routes.SavedClient(name, client) : Routes.Client(id, client), null, cancellationToken, PublishLimit);

    /// <summary>Asks for a stop; the service may still be draining when this returns.</summary>
    public Task StopServiceAsync(string id, bool force, CancellationToken cancellationToken) =>
        DoAsync(HttpMethod.Delete, Routes.Service(id) + Forced(force), null, cancellationToken);

    public Task<QrDrawing> QrCodeAsync(QrRequest request, CancellationToken cancellationToken) =>
        PostAsync<QrDrawing>(Routes.QrCode, ContractsJson.Body(request), cancellationToken);

    /// <summary>
    /// How the services stand, or one of them, and then every event as it comes (<see cref="Routes.Events"/>). Never ends by itself: when the engine goes
    /// away it throws <c>engine-gone</c>.
    /// </summary>
    public async IAsyncEnumerable<EngineEvent> FollowAsync(
        string? serviceId, [EnumeratorCancellation] CancellationToken cancellationToken, bool transfers = false)
    {
        await foreach (var change in EventsAsync(cancellationToken, transfers, serviceId)) yield return change;
        throw Gone();
    }

    /// <summary>As <see cref="FollowAsync"/>, but ends when the engine does, cleanly or not.</summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken, bool transfers = false, string? serviceId = null)
    {
        string[] query = [.. serviceId is null ? [] : new[] { "service=" + Uri.EscapeDataString(serviceId) }, .. transfers ? new[] { "transfers=true" } : []];
        var route = query.Length == 0 ? Routes.Events : $"{Routes.Events}?{string.Join('&', query)}";
        await foreach (var change in StreamAsync<EngineEvent>(HttpMethod.Get, route, null, cancellationToken)) yield return change;
    }

    /// <summary>The server-sent events a request is answered with; who stops reading ends it. Ends when the engine does, cleanly or not.</summary>
    public async IAsyncEnumerable<T> StreamAsync<T>(
        HttpMethod method, string route, HttpContent? body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var sent = body;
        using var response = await SendAsync(method, route, sent, cancellationToken);
        await foreach (var one in EngineConnection.EventsAsync<T>(response, cancellationToken)) yield return one;
    }

    public void Dispose() => _engine.Dispose();

    /// <summary>How a service stands whose engine is gone.</summary>
    public static ServiceStatus Lost(ServiceStatus known) => known with
    {
        State = ServiceState.Failed,
        StopReason = StopReason.Failed,
        Error = EngineConnection.Ended,
        EndedAt = DateTimeOffset.Now,
        ActiveTransfers = 0,
        Port = null,
    };

    public Task<T> GetAsync<T>(string route, CancellationToken cancellationToken) => SendAsync<T>(HttpMethod.Get, route, null, cancellationToken);

    public Task<T> PostAsync<T>(string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null) =>
        SendAsync<T>(HttpMethod.Post, route, body, cancellationToken, answerLimit);

    /// <summary>Has something done of which the answer tells nothing.</summary>
    public async Task DoAsync(HttpMethod method, string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null)
    {
        using var sent = body;
        using var response = await SendAsync(method, route, sent, cancellationToken, answerLimit);
    }

    public async Task<T> SendAsync<T>(HttpMethod method, string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null)
    {
        using var sent = body;
        using var response = await SendAsync(method, route, sent, cancellationToken, answerLimit);
        return await EngineConnection.ReadAsync<T>(response, cancellationToken);
    }

    /// <summary>Sends a request and gives the answer, its body still to be read.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">One of <see cref="Routes"/>.</param>
    /// <param name="body">What is sent; it may be sent again, to the next engine.</param>
    /// <param name="cancellationToken">Cancels asking.</param>
    /// <param name="answerLimit">How long the answer may take; half a minute without it.</param>
    public Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null) => _starts
        ? EngineLauncher.AskAsync(Running, there => there.SendAsync(method, route, body, cancellationToken, answerLimit), cancellationToken)
        : _engine.SendAsync(method, route, body, cancellationToken, answerLimit);

    public static ProblemException Gone() => new(EngineConnection.Ended);

    public static string Forced(bool force) => force ? "?force=true" : "";
}

using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

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

    public Task<EngineStatus> EngineAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Engine, ContractsJson.Default.EngineStatus, cancellationToken);

    public async Task StopEngineAsync(bool force, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.Engine + (force ? "?force=true" : ""), null, cancellationToken);
    }

    public Task<IReadOnlyList<ServiceStatus>> ServicesAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Services, ContractsJson.Default.IReadOnlyListServiceStatus, cancellationToken);

    public Task<ServiceStatus> ServiceAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.Service(id), ContractsJson.Default.ServiceStatus, cancellationToken);

    public Task<IReadOnlyList<Transfer>> TransfersAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.Transfers(id), ContractsJson.Default.IReadOnlyListTransfer, cancellationToken);

    public Task<IReadOnlyList<LogRecord>> LogAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.Log, ContractsJson.Default.IReadOnlyListLogRecord, cancellationToken);

    /// <summary>The transfers that were kept on the disk.</summary>
    public Task<IReadOnlyList<Transfer>> HistoryAsync(CancellationToken cancellationToken) =>
        GetAsync(Routes.History, ContractsJson.Default.IReadOnlyListTransfer, cancellationToken);

    public async Task ClearHistoryAsync(CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.History, null, cancellationToken);
    }

    /// <summary>
    /// Has a service brought up, starting the engine if none runs. Cancelled only until the engine is asked: it answers at once, and an answer not read
    /// would leave a service nobody knows of.
    /// </summary>
    public async Task<LaunchedService> LaunchAsync(LaunchRequest request, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(request.Body, request.Type);
        using var response = await EngineLauncher.AskAsync(
            Running, there => there.SendAsync(HttpMethod.Post, request.Route, body, CancellationToken.None), cancellationToken);
        return new LaunchedService(
            await EngineConnection.ReadAsync(response, ContractsJson.Default.ServiceStatus, CancellationToken.None), RanAlready: response.StatusCode == HttpStatusCode.OK);
    }

    public Task<ServiceStatus> ChangeAsync(string id, ServiceChange change, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Patch, Routes.Service(id), change, ContractsJson.Default.ServiceChange, ContractsJson.Default.ServiceStatus, cancellationToken);

    /// <summary>Grants access to a service that runs, or, where <paramref name="id"/> is null, to a saved one.</summary>
    public Task<ClientAccess> GrantAsync(string name, string? id, GrantRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post,
        id is null ? Routes.SavedClients(name) : Routes.Clients(id),
        request,
        ContractsJson.Default.GrantRequest,
        ContractsJson.Default.ClientAccess,
        cancellationToken,
        PublishLimit);

    /// <summary>Revokes access to a service that runs, or, where <paramref name="id"/> is null, to a saved one.</summary>
    public async Task RevokeAsync(string name, string? id, string clientName, CancellationToken cancellationToken)
    {
        var route = id is null ? Routes.SavedClient(name, clientName) : Routes.Client(id, clientName);
        using var response = await SendAsync(HttpMethod.Delete, route, null, cancellationToken, PublishLimit);
    }

    /// <summary>Asks for a stop; the service may still be draining when this returns.</summary>
    public async Task StopServiceAsync(string id, bool force, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.Service(id) + (force ? "?force=true" : ""), null, cancellationToken);
    }

    public Task<QrDrawing> QrCodeAsync(QrRequest request, CancellationToken cancellationToken) => SendAsync(
        HttpMethod.Post, Routes.QrCode, request, ContractsJson.Default.QrRequest, ContractsJson.Default.QrDrawing, cancellationToken);

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
        using var response = await SendAsync(HttpMethod.Get, route, null, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var change in EventReader.ReadAsync(stream, cancellationToken)) yield return change;
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

    public Task<T> GetAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, route, type, cancellationToken);

    public async Task<T> SendAsync<T>(
        HttpMethod method, string route, JsonTypeInfo<T> answerType, CancellationToken cancellationToken, TimeSpan? answerLimit = null)
    {
        using var response = await SendAsync(method, route, null, cancellationToken, answerLimit);
        return await EngineConnection.ReadAsync(response, answerType, cancellationToken);
    }

    public async Task<TAnswer> SendAsync<TBody, TAnswer>(
        HttpMethod method,
        string route,
        TBody body,
        JsonTypeInfo<TBody> bodyType,
        JsonTypeInfo<TAnswer> answerType,
        CancellationToken cancellationToken,
        TimeSpan? answerLimit = null)
    {
        using var content = JsonContent.Create(body, bodyType);
        using var response = await SendAsync(method, route, content, cancellationToken, answerLimit);
        return await EngineConnection.ReadAsync(response, answerType, cancellationToken);
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
}

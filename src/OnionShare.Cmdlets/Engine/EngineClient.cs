using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>
/// The engine's control API over its socket or pipe. Every method throws <see cref="ProblemException"/> for what the engine
/// refuses and for an engine that is not there, is gone or does not answer.
/// </summary>
internal sealed partial class EngineClient : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private static readonly Problem EngineGone = new(LocalCodes.EngineGone, "The engine ended; its services are down.", "Start the service again.");

    private readonly HttpClient _http;

    public EngineClient(string socket) => _http = new HttpClient(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellationToken) => EngineEndpoint.ConnectAsync(socket, cancellationToken),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    })
    {
        BaseAddress = new Uri("http://localhost"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>The engine that runs; null where none does. Starts none.</summary>
    public static async Task<EngineClient?> FindAsync(CancellationToken cancellationToken)
    {
        var client = new EngineClient(StatePaths.Socket());
        try
        {
            if (await client.IsThereAsync(cancellationToken)) return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }

        client.Dispose();
        return null;
    }

    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EngineAsync(cancellationToken);
            return true;
        }
        catch (ProblemException exception) when (exception.Problem.Code is LocalCodes.EngineNotRunning or LocalCodes.EngineGone)
        {
            return false;
        }
    }

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

    public Task<LaunchedService> StartServiceAsync(ServiceRequest request, CancellationToken cancellationToken) =>
        LaunchAsync(Routes.Services, request, ContractsJson.Default.ServiceRequest, cancellationToken);

    /// <summary>Asks for a stop; the service may still be draining when this returns.</summary>
    public async Task StopServiceAsync(string id, bool force, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.Service(id) + (force ? "?force=true" : ""), null, cancellationToken);
    }

    public Task<IReadOnlyList<string>> QrCodeAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.QrCode(id), ContractsJson.Default.IReadOnlyListString, cancellationToken);

    /// <summary>
    /// How the services stand, or one of them, and then every event as it comes (<see cref="Routes.Events"/>). Never ends by itself: when the engine goes
    /// away it throws <c>engine-gone</c>.
    /// </summary>
    public async IAsyncEnumerable<EngineEvent> FollowAsync(
        string? serviceId, [EnumeratorCancellation] CancellationToken cancellationToken, bool transfers = false)
    {
        await foreach (var change in EventsAsync(cancellationToken, transfers, serviceId)) yield return change;
        throw Gone(null);
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

    public void Dispose() => _http.Dispose();

    /// <summary>How a service stands whose engine is gone.</summary>
    public static ServiceStatus Lost(ServiceStatus known) => known with
    {
        State = ServiceState.Failed,
        StopReason = StopReason.Failed,
        Error = EngineGone,
        EndedAt = DateTimeOffset.Now,
        ActiveTransfers = 0,
        Port = null,
    };

    private async Task<LaunchedService> LaunchAsync<T>(string route, T body, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body, type);
        using var response = await SendAsync(HttpMethod.Post, route, content, cancellationToken);
        return new LaunchedService(
            await ReadAsync(response, ContractsJson.Default.ServiceStatus, cancellationToken), RanAlready: response.StatusCode == HttpStatusCode.OK);
    }

    private async Task<T> GetAsync<T>(string route, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, route, null, cancellationToken);
        return await ReadAsync(response, type, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null)
    {
        using var request = new HttpRequestMessage(method, route) { Content = body };
        var limit = answerLimit ?? AnswerLimit;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        waiting.CancelAfter(limit);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, waiting.Token);
        }
        catch (HttpRequestException exception)
        {
            throw exception.InnerException switch
            {
                ProblemException problem => problem,
                SocketException { SocketErrorCode: not SocketError.ConnectionReset } => NotRunning(exception),
                _ => Gone(exception),
            };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(
                LocalCodes.EngineSilent, $"The engine did not answer within {limit.TotalSeconds:0} s.",
                "See Get-OnionEngine; end its process if it stays silent.", cause: exception);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw new ProblemException(await ProblemAsync(response, cancellationToken));
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken)
                ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw EventReader.NotUnderstood(exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw Gone(exception);
        }
    }

    private static async Task<Problem> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            return await ReadAsync(response, ContractsJson.Default.Problem, cancellationToken);
        return new Problem(
            ProblemCodes.Internal,
            $"The engine answered {(int)response.StatusCode} {response.ReasonPhrase} to a request.",
            "Run Stop-OnionEngine and try again; the module and the engine may be of different versions.");
    }

    // Nobody listened: nothing was asked for either, so asking again is safe.
    private static ProblemException NotRunning(Exception cause) =>
        new(LocalCodes.EngineNotRunning, "No engine is running.", "Start a service; that starts the engine.", cause: cause);

    private static ProblemException Gone(Exception? cause) => new(EngineGone, cause);
}

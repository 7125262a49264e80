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

    public async Task<ServiceStatus> StartServiceAsync(ServiceRequest request, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(request, ContractsJson.Default.ServiceRequest);
        using var response = await SendAsync(HttpMethod.Post, Routes.Services, body, cancellationToken);
        return await ReadAsync(response, ContractsJson.Default.ServiceStatus, cancellationToken);
    }

    /// <summary>Asks for a stop; the service may still be draining when this returns.</summary>
    public async Task StopServiceAsync(string id, bool force, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Delete, Routes.Service(id) + (force ? "?force=true" : ""), null, cancellationToken);
    }

    public Task<IReadOnlyList<string>> QrCodeAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(Routes.QrCode(id), ContractsJson.Default.IReadOnlyListString, cancellationToken);

    /// <summary>
    /// How all services stand, each as a <see cref="ServiceChanged"/>, then every event as it comes. Never ends by itself: when the
    /// engine goes away it throws <c>engine-gone</c>. Where events were lost, the present state is told again.
    /// </summary>
    public async IAsyncEnumerable<EngineEvent> FollowAsync(
        string? serviceId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var route = serviceId is null ? Routes.Events : $"{Routes.Events}?service={Uri.EscapeDataString(serviceId)}";
        using var response = await SendAsync(HttpMethod.Get, route, null, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        foreach (var service in await PresentAsync(serviceId, cancellationToken)) yield return service;
        await foreach (var change in EventReader.ReadAsync(stream, cancellationToken))
        {
            yield return change;
            if (change is EventsLost)
                foreach (var service in await PresentAsync(serviceId, cancellationToken)) yield return service;
        }

        throw Gone(null);
    }

    /// <summary>Every event as it comes, the first at once. Ends when the engine does, cleanly or not.</summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, Routes.Events, null, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var change in EventReader.ReadAsync(stream, cancellationToken)) yield return change;
    }

    public void Dispose() => _http.Dispose();

    private async Task<IEnumerable<EngineEvent>> PresentAsync(string? serviceId, CancellationToken cancellationToken)
    {
        var services = serviceId is null ? await ServicesAsync(cancellationToken) : [await ServiceAsync(serviceId, cancellationToken)];
        return services.Select(service => new ServiceChanged { Time = DateTimeOffset.Now, Service = service });
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

    private static ProblemException Gone(Exception? cause) =>
        new(LocalCodes.EngineGone, "The engine ended; its services are down.", "Start the service again.", cause: cause);
}

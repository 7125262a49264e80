using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OnionShare.Contracts;

/// <summary>
/// Requests to the engine over its socket or pipe, of whoever asks it: the module, and the engine's own verbs. Only an engine of this user is talked to
/// (<see cref="EngineEndpoint"/>). Every method throws <see cref="ProblemException"/> for what the engine refuses, and for an engine that is not there
/// (<see cref="ProblemCodes.EngineNotRunning"/>), is gone, does not answer, or is not understood.
/// </summary>
public sealed class EngineConnection(string address) : IDisposable
{
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        ConnectCallback = (_, cancellationToken) => EngineEndpoint.ConnectAsync(address, cancellationToken),
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ActivityHeadersPropagator = null,
    })
    {
        BaseAddress = new Uri("http://localhost"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Why an engine that ended does not answer any more.</summary>
    public static Problem Ended { get; } = new(ProblemCodes.EngineGone, "The engine ended; its services are down.", "Start the service again.");

    /// <summary>The engine that runs; null where none does. Starts none.</summary>
    public static async Task<EngineConnection?> FindAsync(CancellationToken cancellationToken)
    {
        var engine = new EngineConnection(StatePaths.Socket());
        var isThere = false;
        try
        {
            isThere = await engine.IsThereAsync(cancellationToken);
            return isThere ? engine : null;
        }
        finally
        {
            if (!isThere) engine.Dispose();
        }
    }

    public async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync<EngineStatus>(HttpMethod.Get, Routes.Engine, null, cancellationToken);
            return true;
        }
        catch (ProblemException none) when (none.Problem.Code is ProblemCodes.EngineNotRunning or ProblemCodes.EngineGone)
        {
            return false;
        }
    }

    public async Task<T> SendAsync<T>(
        HttpMethod method, string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null)
    {
        using var response = await SendAsync(method, route, body, cancellationToken, answerLimit);
        return await ReadAsync<T>(response, cancellationToken);
    }

    /// <summary>Sends a request and gives the answer, its body still to be read.</summary>
    /// <param name="method">The method.</param>
    /// <param name="route">One of <see cref="Routes"/>.</param>
    /// <param name="body">What is sent; it stays its owner's, and may be sent again.</param>
    /// <param name="cancellationToken">Cancels asking.</param>
    /// <param name="answerLimit">How long the answer may take; half a minute without it.</param>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string route, HttpContent? body, CancellationToken cancellationToken, TimeSpan? answerLimit = null)
    {
        if (!EngineEndpoint.MayBeThere(address)) throw NotRunning(null);
        // Not disposed of: that would take the body with it.
        var request = new HttpRequestMessage(method, route) { Content = body };
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
                _ => new ProblemException(Ended, exception),
            };
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(
                ProblemCodes.EngineSilent, $"The engine did not answer within {limit.TotalSeconds:0} s.",
                "See Get-OnionEngine; end its process if it stays silent.", cause: exception);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response) throw new ProblemException(await ProblemAsync(response, cancellationToken));
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(ContractsJson.Of<T>(), cancellationToken) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw NotUnderstood(exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new ProblemException(Ended, exception);
        }
    }

    /// <summary>The server-sent events (HTML Living Standard §9.2) of an answer, JSON each. Ends when the stream does, cleanly or not.</summary>
    public static async IAsyncEnumerable<T> EventsAsync<T>(HttpResponseMessage response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = SseParser.Create(stream, static (_, data) => Parse<T>(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events)) yield return events.Current.Data;
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Problem> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            return await ReadAsync<Problem>(response, cancellationToken);
        return new Problem(
            ProblemCodes.Internal,
            $"The engine answered {(int)response.StatusCode} {response.ReasonPhrase} to a request.",
            "Run Stop-OnionEngine and try again; the module and the engine may be of different versions.");
    }

    // Nobody listened: nothing was asked for either, so asking again is safe.
    private static ProblemException NotRunning(Exception? cause) =>
        new(ProblemCodes.EngineNotRunning, "No engine is running.", "Start a service; that starts the engine.", cause: cause);

    private static ProblemException NotUnderstood(JsonException cause) => new(
        ProblemCodes.EngineNotUnderstood, "The engine's answer was not understood; it seems to be of another version than this module.",
        "Run Stop-OnionEngine, then try again.", cause: cause);

    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<SseItem<T>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // A killed engine ends the stream in the middle; the caller treats that like any other end.
            return false;
        }
    }

    private static T Parse<T>(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ContractsJson.Of<T>()) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw NotUnderstood(exception);
        }
    }
}

using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>Speaks to an engine through its socket, as the cmdlets do.</summary>
internal sealed class ControlClient(string socket, TimeSpan? limit = null) : IDisposable
{
    public HttpClient Http { get; } = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = (_, cancellationToken) => EngineEndpoint.ConnectAsync(socket, cancellationToken),
    })
    {
        BaseAddress = new Uri("http://engine/"),
        Timeout = limit ?? EngineProcess.Limit,
    };

    /// <summary>Connects as soon as somebody answers at the socket.</summary>
    public static async Task<ControlClient> WaitAsync(string socket, TimeSpan? limit = null)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var client = new ControlClient(socket, limit);
            try
            {
                await client.EngineAsync();
                return client;
            }
            catch (HttpRequestException) when (clock.Elapsed < EngineProcess.Limit)
            {
                client.Dispose();
                await Task.Delay(20, Cancel);
            }
        }
    }

    public async Task<EngineStatus> EngineAsync() => await GetAsync<EngineStatus>(Routes.Engine);

    public Task<ServiceStatus> ServiceAsync(string id) => GetAsync<ServiceStatus>(Routes.Service(id));

    public async Task<T> GetAsync<T>(string path)
    {
        using var answer = await Http.GetAsync(path, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return Read<T>(await answer.Content.ReadAsStringAsync(Cancel));
    }

    public Task<HttpResponseMessage> PostAsync(string body, string type = "application/json") =>
        Http.PostAsync(Routes.Services, new StringContent(body, Encoding.UTF8, type), Cancel);

    public async Task<ServiceStatus> StartAsync(ServiceRequest request)
    {
        using var answer = await PostAsync(JsonSerializer.Serialize(request, ContractsJson.Default.ServiceRequest));
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, text);
        return Read<ServiceStatus>(text);
    }

    /// <summary>Starts a service and waits until it runs.</summary>
    public async Task<ServiceStatus> RunAsync(ServiceRequest request)
    {
        var started = await StartAsync(request);
        return await SeenAsync(started.Id, service => service.State is ServiceState.Running or ServiceState.Failed);
    }

    /// <summary>Waits until a service is in such a state.</summary>
    public async Task<ServiceStatus> SeenAsync(string id, Func<ServiceStatus, bool> wanted)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(Http.Timeout);
        await foreach (var happened in EventsAsync($"{Routes.Events}?service={id}", late.Token))
        {
            if (happened is ServiceChanged changed && changed.Service.Id == id && wanted(changed.Service)) return changed.Service;
        }

        throw new InvalidOperationException("The events ended.");
    }

    /// <summary>The server-sent events.</summary>
    public async IAsyncEnumerable<EngineEvent> EventsAsync(string path, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken)) yield return Read<EngineEvent>(item.Data);
    }

    /// <summary>The problem an answer carries, of that status.</summary>
    public static async Task<Problem> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = Read<Problem>(text);
        Assert.Equal((int)status, problem.Status);
        Assert.NotEmpty(problem.Detail);
        return problem;
    }

    public void Dispose() => Http.Dispose();

    private static T Read<T>(string json) => (T)JsonSerializer.Deserialize(json, ContractsJson.Default.GetTypeInfo(typeof(T))!)!;
}

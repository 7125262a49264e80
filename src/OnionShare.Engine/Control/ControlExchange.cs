using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>One request of the control API: what its address names, its body, and its answer.</summary>
internal static class ControlExchange
{
    /// <summary>The name in <c>/v1/saved/NAME</c>.</summary>
    public static string SavedName(HttpContext context) => Segment(context, 2);

    /// <summary>The name in <c>/v1/…/…/clients/NAME</c>.</summary>
    public static string ClientName(HttpContext context) => Segment(context, 4);

    /// <summary>The service with the id in <c>/v1/services/ID</c>.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ServiceNotFound"/>.</exception>
    public static Service Service(Engine engine, HttpContext context) => Service(engine, (string)context.Request.RouteValues["id"]!);

    public static Service Service(Engine engine, string id) => engine.Services.Find(id) ?? throw new ProblemException(
        ProblemCodes.ServiceNotFound, $"No service has the id '{RemoteText.Show(id)}'.", "Get-OnionService lists them.", id);

    public static bool IsForced(HttpContext context) => context.Request.Query["force"] == "true";

    /// <exception cref="ProblemException">There is none, or it is not what the route takes.</exception>
    public static async Task<T> ReadAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            if (!context.Request.HasJsonContentType()) throw new ProblemException(ProblemCodes.InvalidRequest, "The request is no JSON.", "Use a module and an engine of the same version.");
            // Read whole first: out of a stream, .NET 10 takes null for properties that can't be null.
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), ContractsJson.Of<T>())
                ?? throw new ProblemException(ProblemCodes.InvalidRequest, "The request has no body.");
        }
        catch (BadHttpRequestException refused)
        {
            throw new ProblemException(
                new Problem(ProblemCodes.InvalidRequest, $"The request is not understood: {RemoteText.Show(refused.Message)}") { Status = refused.StatusCode });
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"The request is not understood: {RemoteText.Show(malformed.Message)}",
                "Use a module and an engine of the same version.");
        }
    }

    /// <summary>Reads the body of a request that changes some properties of something (RFC 7396).</summary>
    /// <exception cref="ProblemException">It is no JSON object, or names a property twice.</exception>
    public static async Task<JsonObject> ReadPatchAsync(HttpContext context)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 8 };
            return await JsonNode.ParseAsync(context.Request.Body, documentOptions: options, cancellationToken: context.RequestAborted) as JsonObject
                ?? throw new ProblemException(ProblemCodes.InvalidRequest, "The request must be a JSON object.");
        }
        catch (JsonException malformed)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"The request is not understood: {RemoteText.Show(malformed.Message)}",
                "Use a module and an engine of the same version.");
        }
    }

    public static Task WriteAsync<T>(HttpContext context, T value, int status = StatusCodes.Status200OK, string type = "application/json")
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(value, ContractsJson.Of<T>(), type, context.RequestAborted);
    }

    /// <summary>204: it is done, and there is nothing to tell.</summary>
    public static Task WriteNothing(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>A route that answers what it is sent.</summary>
    public static RequestDelegate Answering<TRequest, TAnswer>(Func<TRequest, HttpContext, Task<TAnswer>> answer)
        where TRequest : class => async context =>
        await WriteAsync(context, await answer(await ReadAsync<TRequest>(context), context));

    public static RequestDelegate Answering<TRequest, TAnswer>(Func<TRequest, TAnswer> answer)
        where TRequest : class => Answering<TRequest, TAnswer>((request, _) => Task.FromResult(answer(request)));

    /// <summary>Writes each item as it comes (server-sent events, JSON each), of work that the engine does for whoever listens.</summary>
    public static Task StreamAsync<T>(HttpContext context, WorkUnderWay work, Func<CancellationToken, IAsyncEnumerable<T>> items) => work.RunAsync(
        async cancellation =>
        {
            await StreamAsync(context, items(cancellation), cancellation);
            return true;
        },
        context.RequestAborted);

    /// <summary>Writes each item as it comes, until there are no more or the listener leaves.</summary>
    public static async Task StreamAsync<T>(HttpContext context, IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        try
        {
            await context.Response.StartAsync(cancellationToken);
            await SseFormatter.WriteAsync(
                items.Select(item => new SseItem<T>(item)),
                context.Response.Body,
                (item, writer) =>
                {
                    using var json = new Utf8JsonWriter(writer);
                    JsonSerializer.Serialize(json, item.Data, ContractsJson.Of<T>());
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The listener left, which is how listening ends.
        }
    }

    // Names may hold anything, slashes too, which routing leaves encoded: they are read from the request line.
    private static string Segment(HttpContext context, int index)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return Uri.UnescapeDataString(target.Split('?')[0].Split('/')[index + 1]);
    }
}

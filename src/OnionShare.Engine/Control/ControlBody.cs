using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

internal static class ControlBody
{
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
            return JsonSerializer.Deserialize(body.GetBuffer().AsSpan(0, (int)body.Length), TypeOf<T>())
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
        return context.Response.WriteAsJsonAsync(value, TypeOf<T>(), type, context.RequestAborted);
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

    private static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)ContractsJson.Default.GetTypeInfo(typeof(T))!;
}

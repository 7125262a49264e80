using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>Answers of the control API that go on: server-sent events, JSON each.</summary>
internal static class ControlStream
{
    /// <summary>Writes each item as it comes, of work that the engine does for whoever listens.</summary>
    public static Task WriteAsync<T>(HttpContext context, WorkUnderWay work, Func<CancellationToken, IAsyncEnumerable<T>> items) => work.RunAsync(
        async cancellation =>
        {
            await WriteAsync(context, items(cancellation), cancellation);
            return true;
        },
        context.RequestAborted);

    /// <summary>Writes each item as it comes, until there are no more or the listener leaves.</summary>
    public static async Task WriteAsync<T>(HttpContext context, IAsyncEnumerable<T> items, CancellationToken cancellationToken)
    {
        var type = (JsonTypeInfo<T>)ContractsJson.Default.GetTypeInfo(typeof(T))!;
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
                    JsonSerializer.Serialize(json, item.Data, type);
                },
                cancellationToken);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The listener left, which is how listening ends.
        }
    }
}

using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace OnionShare.Contracts;

/// <summary>Reads the engine's events from a stream of server-sent events (HTML Living Standard §9.2).</summary>
public static class EventReader
{
    /// <summary>Events of a type, JSON each. Ends when the stream does, cleanly or not.</summary>
    public static async IAsyncEnumerable<T> ReadAsync<T>(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = SseParser.Create(stream, static (_, data) => Parse<T>(data)).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events)) yield return events.Current.Data;
    }

    internal static ProblemException NotUnderstood(JsonException cause) => new(
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

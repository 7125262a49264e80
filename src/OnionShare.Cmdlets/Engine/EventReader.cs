using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>Reads the engine's events from a stream of server-sent events (HTML Living Standard §9.2).</summary>
internal static class EventReader
{
    /// <summary>The events of <c>GET /v1/events</c>. Ends when the stream does, cleanly or not.</summary>
    public static IAsyncEnumerable<EngineEvent> ReadAsync(Stream stream, CancellationToken cancellationToken) =>
        ReadAsync(stream, ContractsJson.Default.EngineEvent, cancellationToken);

    /// <summary>Events of any type, JSON each. Ends when the stream does, cleanly or not.</summary>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var data = new StringBuilder();
        while (await LineAsync(reader, cancellationToken) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal))
            {
                if (data.Length > 0) data.Append('\n');
                data.Append(line.AsSpan(line.StartsWith("data: ", StringComparison.Ordinal) ? 6 : 5));
            }
            else if (line.Length == 0 && data.Length > 0)
            {
                var change = Parse(data.ToString(), type);
                data.Clear();
                yield return change;
            }
        }
    }

    /// <summary>The error for an answer this module does not understand.</summary>
    public static ProblemException NotUnderstood(JsonException cause) => new(
        LocalCodes.EngineNotUnderstood, "The engine's answer was not understood; it seems to be of another version than this module.",
        "Run Stop-OnionEngine, then try again.", cause: cause);

    private static async Task<string?> LineAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadLineAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // A killed engine ends the stream in the middle; the caller treats that like any other end.
            return null;
        }
    }

    private static T Parse<T>(string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new JsonException("null");
        }
        catch (JsonException exception)
        {
            throw NotUnderstood(exception);
        }
    }
}

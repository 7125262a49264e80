using System.Text;
using System.Text.Json;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>What a receive service says when it does not take something. It is somebody else's text.</summary>
internal static class RefusalWords
{
    private const int Longest = 300;
    private const int Deepest = 4;

    /// <summary>The words of an answer; null when there are none for a person.</summary>
    public static string? Of(byte[] body, string? mediaType)
    {
        if (mediaType == "application/json") return OfJson(body);
        return mediaType == "text/plain" && body.Length > 0 ? Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, Longest)) : null;
    }

    private static string? OfJson(byte[] body)
    {
        try
        {
            var json = ForeignJson.Parse(body, Deepest);
            if (json.ValueKind != JsonValueKind.Object) return null;
            foreach (var name in new[] { "error_flashes", "message", "detail", "error" })
            {
                if (!json.TryGetProperty(name, out var found)) continue;
                if (found.ValueKind == JsonValueKind.String) return found.GetString();
                if (found.ValueKind == JsonValueKind.Array) return string.Join(' ', found.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()));
            }

            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

using System.Text.Json;

namespace OnionShare.Engine.Storage;

/// <summary>JSON that somebody else wrote, checked so far that nothing in it fails when it is read.</summary>
internal static class ForeignJson
{
    /// <param name="json">The JSON, in UTF-8.</param>
    /// <param name="deepest">How deep it may be.</param>
    /// <exception cref="JsonException">It is none, is too deep, or has half a surrogate pair in a text (RFC 8259 §8.2): no string can be made of that.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> json, int deepest)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = deepest });
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = deepest });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) _ = reader.GetString();
            }
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("A text in it is not well-formed.", half);
        }

        return document.RootElement.Clone();
    }
}

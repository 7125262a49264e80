using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>The JSON of the room. What comes in is read strictly: no unknown or repeated property, no missing one, no wrong type.</summary>
[JsonSerializable(typeof(RoomMessage))]
[JsonSerializable(typeof(ClientMessage))]
internal sealed partial class ChatJson : JsonSerializerContext
{
    private static readonly ChatJson Strict = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        AllowOutOfOrderMetadataProperties = true,
        RespectNullableAnnotations = true,
        MaxDepth = 4,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // it goes to a JSON parser only, never into a page
    });

    public static byte[] Write(RoomMessage message) => JsonSerializer.SerializeToUtf8Bytes(message, Strict.RoomMessage);

    /// <summary>Reads what a member sent; null when it is anything else than a message the room knows.</summary>
    public static ClientMessage? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, Strict.ClientMessage);
        }
        catch (Exception failure) when (failure is JsonException or NotSupportedException or InvalidOperationException)
        {
            // Not JSON, a wrong type, an unknown kind, a lone surrogate: all the same to the caller, who refuses it.
            return null;
        }
    }
}

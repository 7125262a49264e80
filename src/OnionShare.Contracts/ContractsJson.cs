using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace OnionShare.Contracts;

/// <summary>The JSON both processes speak: camel case, enums as text, nulls left out, and refused where nothing can be null.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(TextListConverter)],
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ServiceRequest))]
[JsonSerializable(typeof(ShareRequest))]
[JsonSerializable(typeof(ReceiveRequest))]
[JsonSerializable(typeof(WebsiteRequest))]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(ServiceStatus))]
[JsonSerializable(typeof(IReadOnlyList<ServiceStatus>))]
[JsonSerializable(typeof(IReadOnlyList<Transfer>))]
[JsonSerializable(typeof(IReadOnlyList<LogRecord>))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(ServiceChange))]
[JsonSerializable(typeof(QrRequest))]
[JsonSerializable(typeof(QrDrawing))]
[JsonSerializable(typeof(GrantRequest))]
[JsonSerializable(typeof(ClientAccess))]
[JsonSerializable(typeof(SavedService))]
[JsonSerializable(typeof(IReadOnlyList<SavedService>))]
[JsonSerializable(typeof(RestoreRequest))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(ImportRequest))]
[JsonSerializable(typeof(ServiceRecord))]
[JsonSerializable(typeof(UpdateRecordRequest))]
[JsonSerializable(typeof(VaultRequest))]
[JsonSerializable(typeof(RecordRequest))]
[JsonSerializable(typeof(RestoreRecordRequest))]
[JsonSerializable(typeof(GrantRecordRequest))]
[JsonSerializable(typeof(GrantedRecord))]
[JsonSerializable(typeof(RevokeRecordRequest))]
[JsonSerializable(typeof(ExportRecordRequest))]
[JsonSerializable(typeof(EngineStatus))]
[JsonSerializable(typeof(TorStatus))]
[JsonSerializable(typeof(TorSettings))]
[JsonSerializable(typeof(TorCheck))]
[JsonSerializable(typeof(ServiceTestRequest))]
[JsonSerializable(typeof(TorInstallRequest))]
[JsonSerializable(typeof(TorInstallation))]
[JsonSerializable(typeof(BridgeRequest))]
[JsonSerializable(typeof(IReadOnlyList<BridgeOffer>))]
[JsonSerializable(typeof(RemoteListRequest))]
[JsonSerializable(typeof(FetchRequest))]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(ChatVisitRequest))]
[JsonSerializable(typeof(SayRequest))]
[JsonSerializable(typeof(RenameRequest))]
[JsonSerializable(typeof(RemoteListing))]
[JsonSerializable(typeof(ClientEvent))]
[JsonSerializable(typeof(ChatEvent))]
[JsonSerializable(typeof(EngineEvent))]
[JsonSerializable(typeof(Problem))]
public sealed partial class ContractsJson : JsonSerializerContext
{
    /// <summary>How a type of the list above is read and written; of a base of several, <typeparamref name="T"/> has to be the base.</summary>
    public static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)Default.GetTypeInfo(typeof(T))!;

    public static HttpContent Body<T>(T value) => JsonContent.Create(value, Of<T>());
}

/// <summary>A list of texts, none of which is null: of that the annotations of a list say nothing that is respected.</summary>
internal sealed class TextListConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray) throw new JsonException();
        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            texts.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException());
        return texts;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value) writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>The JSON both processes speak: camel case, enums as text, nulls left out.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    UseStringEnumConverter = true,
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
public sealed partial class ContractsJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using OnionShare.Engine.Services;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>The JSON of a <see cref="SavedRecord"/>, in the store and inside of exports.</summary>
internal sealed record SavedDocument : IStoredDocument
{
    private const string FormatName = "onionshare-saved-service";
    private const int LatestVersion = 1;

    public required string Format { get; init; }

    public required int Version { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset SavedAt { get; init; }

    public string? Address { get; init; }

    public required ServiceRequest Request { get; init; }

    public IReadOnlyList<KnownClient>? Clients { get; init; }

    public ComingBack? ComesBack { get; init; }

    public SavedSecrets? Secrets { get; init; }

    /// <summary>The secrets as Windows protects them (see <see cref="SecretProtection"/>).</summary>
    public byte[]? Protected { get; init; }

    /// <param name="record">The record.</param>
    /// <param name="protect">Encrypt the secrets for this user where the platform can.</param>
    public static byte[] Write(SavedRecord record, bool protect)
    {
        var secrets = protect ? StoredDocument.Protect(record.Secrets, SavedJson.Default.SavedSecrets) : null;
        var document = new SavedDocument
        {
            Format = FormatName,
            Version = LatestVersion,
            Name = record.Name,
            SavedAt = record.SavedAt,
            Address = record.Address,
            Request = record.Request,
            Clients = record.Clients,
            ComesBack = record.ComesBack,
            Secrets = secrets is null ? record.Secrets : null,
            Protected = secrets,
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, SavedJson.Default.SavedDocument);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, of a later version, or damaged; the message says which.</exception>
    public static SavedRecord Read(ReadOnlySpan<byte> json)
    {
        var document = StoredDocument.Read(json, SavedJson.Default.SavedDocument, FormatName, LatestVersion, "it is no saved service");
        return new SavedRecord
        {
            Name = document.Name,
            SavedAt = document.SavedAt,
            Address = document.Address,
            Request = document.Request,
            Clients = document.Clients ?? [],
            ComesBack = document.ComesBack,
            Secrets = document.Secrets ?? StoredDocument.Unprotect(
                document.Protected ?? throw new InvalidDataException("its secrets are missing"), SavedJson.Default.SavedSecrets,
                "its secrets can be read on the Windows computer only that wrote it: export it there"),
        };
    }

    public static bool IsOne(ReadOnlySpan<byte> json) => json.StartsWith("{\"format\":\"onionshare-saved-service\""u8);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(SavedDocument))]
[JsonSerializable(typeof(SavedSecrets))]
internal sealed partial class SavedJson : JsonSerializerContext;

using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>What is kept of tor's settings.</summary>
/// <param name="Settings">The present ones.</param>
/// <param name="LastConnected">The last ones that connected; null when none did so far.</param>
internal sealed record TorSettingsRecord(TorSettings Settings, TorSettings? LastConnected);

/// <summary>The JSON of a <see cref="TorSettingsRecord"/>. Secrets stand apart, so that they can be encrypted.</summary>
internal sealed record TorSettingsDocument
{
    private const string FormatName = "onionshare-tor-settings";
    private const int LatestVersion = 1;

    public required string Format { get; init; }

    public required int Version { get; init; }

    public required TorSettings Settings { get; init; }

    public TorSettings? LastConnected { get; init; }

    public TorSecrets? Secrets { get; init; }

    /// <summary>The secrets as Windows protects them (see <see cref="SecretProtection"/>).</summary>
    public byte[]? Protected { get; init; }

    /// <summary>The JSON of a record; the secrets are encrypted for this user where the platform can.</summary>
    public static byte[] Write(TorSettingsRecord record)
    {
        var secrets = new TorSecrets(
            record.Settings.ControlPassword, record.Settings.Proxy, record.LastConnected?.ControlPassword, record.LastConnected?.Proxy);
        var any = secrets != new TorSecrets(null, null, null, null);
        var plain = any && SecretProtection.IsEncrypting ? JsonSerializer.SerializeToUtf8Bytes(secrets, TorSettingsJson.Default.TorSecrets) : null;
        var document = new TorSettingsDocument
        {
            Format = FormatName,
            Version = LatestVersion,
            Settings = Without(record.Settings),
            LastConnected = record.LastConnected is { } last ? Without(last) : null,
            Secrets = any && plain is null ? secrets : null,
            Protected = plain is null ? null : SecretProtection.Protect(plain),
        };
        CryptographicOperations.ZeroMemory(plain);
        return JsonSerializer.SerializeToUtf8Bytes(document, TorSettingsJson.Default.TorSettingsDocument);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, of a later version, or damaged; the message says which.</exception>
    /// <exception cref="IOException">The secrets are another user's.</exception>
    public static TorSettingsRecord Read(ReadOnlySpan<byte> json)
    {
        TorSettingsDocument document;
        try
        {
            document = JsonSerializer.Deserialize(json, TorSettingsJson.Default.TorSettingsDocument) ?? throw new InvalidDataException("it is empty");
        }
        catch (Exception malformed) when (malformed is JsonException or NotSupportedException)
        {
            throw new InvalidDataException("it is damaged", malformed);
        }

        if (document.Format != FormatName) throw new InvalidDataException("it holds no settings of tor");
        if (document.Version != LatestVersion) throw new InvalidDataException($"it is of version {document.Version}, and this engine knows {LatestVersion}");
        var secrets = document.Secrets ?? (document.Protected is { } bytes ? Unprotect(bytes) : null);
        return new TorSettingsRecord(
            document.Settings.Whole() with { ControlPassword = secrets?.ControlPassword, Proxy = secrets?.Proxy },
            document.LastConnected is { } last ? last.Whole() with { ControlPassword = secrets?.LastControlPassword, Proxy = secrets?.LastProxy } : null);
    }

    private static TorSettings Without(TorSettings settings) => settings with { ControlPassword = null, Proxy = null, HasControlPassword = null };

    private static TorSecrets Unprotect(byte[] secrets)
    {
        var json = SecretProtection.IsEncrypting
            ? SecretProtection.Unprotect(secrets)
            : throw new InvalidDataException("its secrets can be read on the Windows computer only that wrote it");
        try
        {
            return JsonSerializer.Deserialize(json, TorSettingsJson.Default.TorSecrets) ?? throw new InvalidDataException("its secrets are missing");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException("its secrets are damaged", malformed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(json);
        }
    }
}

/// <summary>What must not get into other hands: passwords, and proxies because they may hold one.</summary>
internal sealed record TorSecrets(string? ControlPassword, string? Proxy, string? LastControlPassword, string? LastProxy)
{
    /// <summary>Shows none.</summary>
    public override string ToString() => nameof(TorSecrets);
}

/// <summary>The JSON of what is kept of tor's settings.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TorSettingsDocument))]
[JsonSerializable(typeof(TorSecrets))]
internal sealed partial class TorSettingsJson : JsonSerializerContext;

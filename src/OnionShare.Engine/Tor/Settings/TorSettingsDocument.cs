using System.Text.Json;
using System.Text.Json.Serialization;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Settings;

/// <param name="Settings">The present ones.</param>
/// <param name="LastConnected">The last ones that connected; null when none did so far.</param>
internal sealed record TorSettingsRecord(TorSettings Settings, TorSettings? LastConnected);

/// <summary>The JSON of a <see cref="TorSettingsRecord"/>. Secrets stand apart, so that they can be encrypted.</summary>
internal sealed record TorSettingsDocument : IStoredDocument
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
        var hidden = any ? StoredDocument.Protect(secrets, TorSettingsJson.Default.TorSecrets) : null;
        var document = new TorSettingsDocument
        {
            Format = FormatName,
            Version = LatestVersion,
            Settings = Without(record.Settings),
            LastConnected = record.LastConnected is { } last ? Without(last) : null,
            Secrets = any && hidden is null ? secrets : null,
            Protected = hidden,
        };
        return JsonSerializer.SerializeToUtf8Bytes(document, TorSettingsJson.Default.TorSettingsDocument);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">It is something else, of a later version, or damaged; the message says which.</exception>
    /// <exception cref="IOException">The secrets are another user's.</exception>
    public static TorSettingsRecord Read(ReadOnlySpan<byte> json)
    {
        var document = StoredDocument.Read(json, TorSettingsJson.Default.TorSettingsDocument, FormatName, LatestVersion, "it holds no settings of tor");
        var secrets = document.Secrets ?? (document.Protected is { } hidden
            ? StoredDocument.Unprotect(hidden, TorSettingsJson.Default.TorSecrets, "its secrets can be read on the Windows computer only that wrote it")
            : null);
        return new TorSettingsRecord(
            document.Settings with { ControlPassword = secrets?.ControlPassword, Proxy = secrets?.Proxy },
            document.LastConnected is { } last ? last with { ControlPassword = secrets?.LastControlPassword, Proxy = secrets?.LastProxy } : null);
    }

    private static TorSettings Without(TorSettings settings) => settings with { ControlPassword = null, Proxy = null, HasControlPassword = null };
}

/// <summary>What must not get into other hands: passwords, and proxies because they may hold one.</summary>
internal sealed record TorSecrets(string? ControlPassword, string? Proxy, string? LastControlPassword, string? LastProxy)
{
    /// <summary>Shows none.</summary>
    public override string ToString() => nameof(TorSecrets);
}

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TorSettingsDocument))]
[JsonSerializable(typeof(TorSecrets))]
internal sealed partial class TorSettingsJson : JsonSerializerContext;

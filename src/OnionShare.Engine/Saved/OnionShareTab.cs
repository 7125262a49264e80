using System.Text.Json;
using OnionShare.Engine.Services;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>
/// The JSON OnionShare keeps of a persistent tab (its <c>--persistent FILE</c>). From 2.4 on it knows no passwords: visitors of a service that
/// is not public need a client key, and go on needing just that. Before, they needed a password.
/// </summary>
internal static class OnionShareTab
{
    private const int Deepest = 64;

    public static bool IsOne(ReadOnlySpan<byte> file) => TryParse(file, out var tab) && Group(tab, "persistent") is not null && Group(tab, "onion") is not null;

    /// <exception cref="InvalidDataException">Something in it is missing or does not fit.</exception>
    public static ImportedService Read(ReadOnlySpan<byte> file, string name)
    {
        if (!TryParse(file, out var tab) || Group(tab, "onion") is not { } onion) throw new InvalidDataException("it is damaged");
        var general = Group(tab, "general");
        if (Text(onion, "private_key") is not { } privateKey)
            throw new InvalidDataException("there is no key in it: OnionShare never published it. Start a new service instead");
        if (!OnionKey.TryParse(privateKey, out var key)) throw new InvalidDataException("its key is damaged");
        if (Text(general, "service_id") is { } address && OnionAddress.Parse(address) != key.Address)
            throw new InvalidDataException("its key is not that of its address");

        var isPublic = Flag(general, "public");
        var password = isPublic ? null : Text(onion, "password");
        var clients = isPublic || password is not null ? null : Clients(onion);
        var timer = Number(general, "autostop_timer");
        var request = Request(tab) with
        {
            Title = Text(general, "title"),
            Public = password is null,
            StopAfter = timer > 0 ? TimeSpan.FromSeconds(timer) : null,
        };
        return new ImportedService(key, name, request, password, clients);
    }

    private static ServiceRequest Request(JsonElement tab) => Text(Group(tab, "persistent"), "mode") switch
    {
        "share" => new ShareRequest
        {
            Paths = Texts(Group(tab, "share"), "filenames"),
            KeepSharing = Group(tab, "share") is { } share && share.TryGetProperty("autostop_sharing", out var stops) && stops.ValueKind == JsonValueKind.False,
        },
        "receive" => new ReceiveRequest
        {
            Path = Text(Group(tab, "receive"), "data_dir") ?? throw new InvalidDataException("it names no folder to receive into"),
            NoFiles = Flag(Group(tab, "receive"), "disable_files"),
            NoText = Flag(Group(tab, "receive"), "disable_text"),
            WebhookUrl = Text(Group(tab, "receive"), "webhook_url"),
        },
        "website" => new WebsiteRequest
        {
            Paths = Texts(Group(tab, "website"), "filenames"),
            NoContentSecurityPolicy = Flag(Group(tab, "website"), "disable_csp"),
            ContentSecurityPolicy = Flag(Group(tab, "website"), "disable_csp") ? null : Text(Group(tab, "website"), "custom_csp"),
        },
        "chat" => new ChatRequest(),
        var other => throw new InvalidDataException($"it has a mode that is not known: '{RemoteText.Show(other)}'"),
    };

    private static KnownClient[] Clients(JsonElement onion)
    {
        var publicKey = ClientKey.ParsePublic(Text(onion, "client_auth_pub_key"));
        var secret = ClientKey.TryParsePrivate(Text(onion, "client_auth_priv_key"), out var pair) ? pair.PublicKey : null;
        if ((publicKey ?? secret) is not { } known) throw new InvalidDataException("it is not public, but its client key is missing");
        if (publicKey is not null && secret is not null && publicKey != secret) throw new InvalidDataException("the two halves of its client key do not fit");
        return [new KnownClient("onionshare", known)];
    }

    private static bool TryParse(ReadOnlySpan<byte> file, out JsonElement tab)
    {
        tab = default;
        try
        {
            tab = ForeignJson.Parse(file.ToArray(), Deepest);
            return tab.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonElement? Group(JsonElement tab, string name) =>
        tab.TryGetProperty(name, out var group) && group.ValueKind == JsonValueKind.Object ? group : null;

    private static string? Text(JsonElement? group, string name) =>
        group is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static bool Flag(JsonElement? group, string name) =>
        group is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static double Number(JsonElement? group, string name) =>
        group is { } there && there.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number)
            ? Math.Clamp(number, 0, TimeSpan.FromDays(3650).TotalSeconds)
            : 0;

    private static string[] Texts(JsonElement? group, string name)
    {
        var texts = group is { } there && there.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? list.EnumerateArray().Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!).ToArray()
            : [];
        return texts.Length > 0 ? texts : throw new InvalidDataException("it names no files");
    }
}

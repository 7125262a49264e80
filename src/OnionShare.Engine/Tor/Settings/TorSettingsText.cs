using System.Text.Json;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Settings as they are shown, compared and named.</summary>
internal static class TorSettingsText
{
    /// <summary>What may be given out: everything but the passwords.</summary>
    public static TorSettings WithoutSecrets(this TorSettings settings) => settings with
    {
        ControlPassword = null,
        HasControlPassword = settings.ControlPassword is not null,
        Proxy = settings.Proxy is { } proxy ? WithoutPassword(proxy) : null,
    };

    /// <summary>Whether they are the same in every value; the record's own comparison knows lists by identity only.</summary>
    public static bool IsSame(this TorSettings settings, TorSettings other) => Json(settings).AsSpan().SequenceEqual(Json(other));

    /// <summary>The way in a few words, to name it in a sentence.</summary>
    public static string Describe(this TorSettings settings)
    {
        var way = settings.Connection switch
        {
            TorConnectionType.System => "the system's tor",
            TorConnectionType.TorBrowser => "Tor Browser's tor",
            TorConnectionType.TorSharp => "the tor that TorSharp runs",
            TorConnectionType.ControlEndpoint => $"the tor at {settings.ControlEndpoint}",
            TorConnectionType.Automatic when settings.ControlEndpoint is { } endpoint => $"the tor at {endpoint}",
            _ => settings.Executable is { } executable ? $"the tor program {executable}" : "a tor program of this computer",
        };
        if (!settings.RunsTor()) return way;
        var network = new[]
        {
            settings.Bridges.Count > 0 ? $"{settings.Bridges.Count} bridge{(settings.Bridges.Count == 1 ? "" : "s")} of its own"
                : settings.BuiltInBridges is { } builtIn ? $"the built-in {builtIn} bridges" : null,
            settings.Proxy is null ? null : "a proxy",
            settings.ReachableAddresses.Count > 0 ? "a firewall's addresses" : null,
        };
        return way + (string.Join(" and ", network.Where(part => part is not null)) is { Length: > 0 } parts ? " with " + parts : " without bridges");
    }

    public static bool RunsTor(this TorSettings settings) => settings.Connection switch
    {
        TorConnectionType.Automatic => settings.ControlEndpoint is null,
        TorConnectionType.Own or TorConnectionType.TorSharp => true,
        _ => false,
    };

    // scheme://user:password@host:port; the password ends at the last @.
    private static string WithoutPassword(string proxy)
    {
        var at = proxy.LastIndexOf('@');
        var begin = proxy.IndexOf("://", StringComparison.Ordinal) is >= 0 and var scheme ? scheme + 3 : 0;
        if (at < begin) return proxy;
        var colon = proxy.IndexOf(':', begin, at - begin);
        return colon < 0 ? proxy : proxy[..colon] + proxy[at..];
    }

    private static byte[] Json(TorSettings settings) => JsonSerializer.SerializeToUtf8Bytes(settings, ContractsJson.Default.TorSettings);
}

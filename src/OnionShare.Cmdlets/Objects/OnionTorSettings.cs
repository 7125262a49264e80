using System.Collections;

namespace OnionShare;

/// <summary>The saved settings of tor, without their secrets. Every property has the name of the parameter of Set-OnionTor that sets it.</summary>
public sealed class OnionTorSettings
{
    private readonly TorSettings _settings;

    private IEnumerable<TorSetting> Changed => TorSetting.All.Where(setting => setting.Value(_settings) is not null);

    internal OnionTorSettings(TorSettings settings) => _settings = settings;

    public string Connection => _settings.Connection.ToString();

    /// <summary>The tor program to run; null to look for one.</summary>
    public string? Executable => _settings.Executable;
    public string? ControlEndpoint => _settings.ControlEndpoint;

    /// <summary>Whether a password for the control endpoint is saved. The password is not given out.</summary>
    public bool HasControlPassword => _settings.HasControlPassword ?? false;

    /// <summary>Where the cookie of the control endpoint is read; null for where tor says.</summary>
    public string? CookieFile => _settings.CookieFile;

    /// <summary>The SOCKS endpoint; null for the one tor tells.</summary>
    public string? SocksEndpoint => _settings.SocksEndpoint;

    /// <summary>The IP address services listen on; null for 127.0.0.1.</summary>
    public string? BindAddress => _settings.BindAddress;

    /// <summary>The IP address at which tor reaches the services; null for the one they listen on.</summary>
    public string? OnionTarget => _settings.OnionTarget;
    public OnionTexts Bridge => new(_settings.Bridges);
    public string? BuiltInBridges => _settings.BuiltInBridges?.ToString();
    public OnionTexts TransportExecutable => new(_settings.TransportExecutables);

    /// <summary>The proxy between tor and its relays, without its password.</summary>
    public string? Proxy => _settings.Proxy;

    /// <summary>The only addresses and ports a firewall lets through.</summary>
    public OnionTexts ReachableAddresses => new(_settings.ReachableAddresses);
    public string AddressFamily => _settings.AddressFamily.ToString();

    /// <summary>Further lines for the torrc of a tor the engine runs.</summary>
    public OnionTexts Torrc => new(_settings.Torrc);

    /// <summary>How long to wait for the connection; null for 5 minutes.</summary>
    public TimeSpan? ConnectTimeout => _settings.ConnectTimeout;

    /// <summary>What is not as it is by default, to be splatted: <c>$was = (Get-OnionTor).Settings.ToHashtable(); Set-OnionTor @was</c>. Without the passwords.</summary>
    public Hashtable ToHashtable()
    {
        var set = new Hashtable(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in Changed.Where(setting => !setting.IsSecret))
            set[setting.Parameter] = setting.Value(_settings) is IReadOnlyList<string> list ? list.ToArray() : setting.Value(_settings);
        return set;
    }

    /// <summary>The way, and what is not as it is by default, on one line.</summary>
    public override string ToString() => RemoteText.Show(
        string.Join(", ", Changed.Where(setting => setting.Name != nameof(Connection)).Select(setting => setting.Text(setting.Value(_settings)!)).Prepend(Connection)), 400);
}

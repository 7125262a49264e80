using System.Collections;
using OnionShare.Contracts;

namespace OnionShare;

/// <summary>The saved settings of tor, without their secrets. Every property has the name of the parameter of Set-OnionTor that sets it.</summary>
public sealed class OnionTorSettings
{
    private readonly TorSettings _settings;

    internal OnionTorSettings(TorSettings settings) => _settings = settings;

    public TorConnectionType Connection => _settings.Connection;

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
    public BuiltInBridges? BuiltInBridges => _settings.BuiltInBridges;
    public OnionTexts TransportExecutable => new(_settings.TransportExecutables);

    /// <summary>The proxy between tor and its relays, without its password.</summary>
    public string? Proxy => _settings.Proxy;

    /// <summary>The only addresses and ports a firewall lets through.</summary>
    public OnionTexts ReachableAddresses => new(_settings.ReachableAddresses);
    public TorAddressFamily AddressFamily => _settings.AddressFamily;

    /// <summary>Further lines for the torrc of a tor the engine runs.</summary>
    public OnionTexts Torrc => new(_settings.Torrc);

    /// <summary>How long to wait for the connection; null for 5 minutes.</summary>
    public TimeSpan? ConnectTimeout => _settings.ConnectTimeout;

    /// <summary>What is not as it is by default, to be splatted: <c>$was = (Get-OnionTor).Settings.ToHashtable(); Set-OnionTor @was</c>. Without the passwords.</summary>
    public Hashtable ToHashtable()
    {
        var set = new Hashtable(StringComparer.OrdinalIgnoreCase);
        Add(nameof(Connection), Connection == default ? null : Connection);
        Add(nameof(Executable), Executable);
        Add(nameof(ControlEndpoint), ControlEndpoint);
        Add(nameof(CookieFile), CookieFile);
        Add(nameof(SocksEndpoint), SocksEndpoint);
        Add(nameof(BindAddress), BindAddress);
        Add(nameof(OnionTarget), OnionTarget);
        Add(nameof(Bridge), Bridge is { Count: > 0 } lines ? lines.ToArray() : null);
        Add(nameof(BuiltInBridges), BuiltInBridges);
        Add(nameof(TransportExecutable), TransportExecutable is { Count: > 0 } programs ? programs.ToArray() : null);
        Add(nameof(Proxy), Proxy);
        Add(nameof(ReachableAddresses), ReachableAddresses is { Count: > 0 } reachable ? reachable.ToArray() : null);
        Add(nameof(AddressFamily), AddressFamily == default ? null : AddressFamily);
        Add(nameof(Torrc), Torrc is { Count: > 0 } torrc ? torrc.ToArray() : null);
        Add(nameof(ConnectTimeout), ConnectTimeout);
        return set;

        void Add(string name, object? value)
        {
            if (value is not null) set[name] = value;
        }
    }

    /// <summary>What is not as it is by default, on one line.</summary>
    public override string ToString() => RemoteText.Show(string.Join(", ", Changed()), 400);

    private IEnumerable<string> Changed()
    {
        yield return $"{Connection}";
        if (Executable is not null) yield return $"program {Executable}";
        if (ControlEndpoint is not null) yield return $"control {ControlEndpoint}";
        if (HasControlPassword) yield return "with a password";
        if (CookieFile is not null) yield return $"cookie {CookieFile}";
        if (SocksEndpoint is not null) yield return $"SOCKS {SocksEndpoint}";
        if (BindAddress is not null) yield return $"services on {BindAddress}";
        if (OnionTarget is not null) yield return $"onions to {OnionTarget}";
        if (Bridge.Count > 0) yield return $"{Bridge.Count} bridge line(s)";
        else if (BuiltInBridges is not null) yield return $"built-in bridges {BuiltInBridges}";
        if (TransportExecutable.Count > 0) yield return $"{TransportExecutable.Count} transport program(s)";
        if (Proxy is not null) yield return $"proxy {Proxy}";
        if (ReachableAddresses.Count > 0) yield return $"only {string.Join(' ', ReachableAddresses)}";
        if (AddressFamily != TorAddressFamily.Automatic) yield return $"{AddressFamily}";
        if (Torrc.Count > 0) yield return $"{Torrc.Count} line(s) of torrc";
        if (ConnectTimeout is { } limit) yield return $"wait {limit.TotalSeconds:0} s";
    }
}

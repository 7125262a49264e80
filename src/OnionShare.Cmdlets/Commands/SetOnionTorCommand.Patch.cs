using System.Net;
using System.Text.RegularExpressions;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary>What of the parameters of <c>Set-OnionTor</c> becomes which setting.</summary>
public sealed partial class SetOnionTorCommand
{
    // A file of bridge lines holds a few hundred bytes each.
    private const int LargestBridgeFile = 1 << 20;

    // Of lines and of a built-in set only one is in use, so setting the one takes back the other.
    private static readonly string[] BridgeSettings = [nameof(TorSettings.Bridges), nameof(TorSettings.BuiltInBridges)];

    // By parameter; those of -Reset have the same names.
    private static readonly Dictionary<string, string[]> Settings = new()
    {
        [nameof(Connection)] = [nameof(TorSettings.Connection)],
        [nameof(Executable)] = [nameof(TorSettings.Executable)],
        [nameof(ControlEndpoint)] = [nameof(TorSettings.ControlEndpoint)],
        [nameof(ControlPassword)] = [nameof(TorSettings.ControlPassword)],
        [nameof(CookieFile)] = [nameof(TorSettings.CookieFile)],
        [nameof(SocksEndpoint)] = [nameof(TorSettings.SocksEndpoint)],
        [nameof(BindAddress)] = [nameof(TorSettings.BindAddress)],
        [nameof(OnionTarget)] = [nameof(TorSettings.OnionTarget)],
        [nameof(Bridge)] = BridgeSettings,
        [nameof(BridgeFile)] = BridgeSettings,
        [nameof(BuiltInBridges)] = BridgeSettings,
        [nameof(NoBridges)] = BridgeSettings,
        [nameof(TransportExecutable)] = [nameof(TorSettings.TransportExecutables)],
        [nameof(Proxy)] = [nameof(TorSettings.Proxy)],
        [nameof(ReachableAddresses)] = [nameof(TorSettings.ReachableAddresses)],
        [nameof(AddressFamily)] = [nameof(TorSettings.AddressFamily)],
        [nameof(Torrc)] = [nameof(TorSettings.Torrc)],
        [nameof(ConnectTimeout)] = [nameof(TorSettings.ConnectTimeout)],
    };

    private bool TakesBridges => MyInvocation.ExpectingInput || IsGiven(nameof(Bridge)) || IsGiven(nameof(BridgeFile));

    private IEnumerable<string> Given() =>
        Settings.Keys.Where(name => IsGiven(name) && (name != nameof(NoBridges) || NoBridges))
            .Union(MyInvocation.ExpectingInput ? [nameof(Bridge)] : []);

    private TorSettingsPatch MakePatch() => new(
        new TorSettings
        {
            Connection = Connection,
            Executable = Executable,
            ControlEndpoint = ControlEndpoint,
            ControlPassword = ControlPassword is null ? null : new NetworkCredential("", ControlPassword).Password,
            CookieFile = CookieFile,
            SocksEndpoint = SocksEndpoint,
            BindAddress = BindAddress,
            OnionTarget = OnionTarget,
            Bridges = _bridges,
            BuiltInBridges = BuiltInBridges,
            TransportExecutables = TransportExecutable,
            Proxy = ProxyWithUser(),
            ReachableAddresses = [.. Reachable()],
            AddressFamily = AddressFamily,
            Torrc = [.. Torrc.SelectMany(text => text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))],
            ConnectTimeout = ConnectTimeout,
        },
        Given().SelectMany(name => Settings[name]).Union(Reset.SelectMany(ResetSettings)).ToHashSet());

    private static IEnumerable<string> ResetSettings(OnionTorSetting setting) => setting switch
    {
        OnionTorSetting.All => Settings.Values.SelectMany(names => names),
        OnionTorSetting.Bridge => [nameof(TorSettings.Bridges)],
        OnionTorSetting.BuiltInBridges => [nameof(TorSettings.BuiltInBridges)],
        _ => Settings[setting.ToString()],
    };

    // -Reset All may go with settings: everything else is then as it is by default.
    private string? ClashOfReset() => Reset.Select(setting => setting.ToString()).FirstOrDefault(name => Given().Contains(name));

    private void ExcludeBridges()
    {
        string[] lines = [MyInvocation.ExpectingInput || IsGiven(nameof(Bridge)) ? nameof(Bridge) : nameof(BridgeFile)];
        var ways = (TakesBridges ? lines : []).Concat(new[] { nameof(BuiltInBridges), nameof(NoBridges) }.Where(Given().Contains)).ToList();
        if (ways.Count > 1) ThrowTerminatingError(Errors.SettingsClash(ways[0], ways[1]));
    }

    private string ExistingFile(string parameter, string path)
    {
        var full = new SharedPaths(this, ThrowTerminatingError).Literal(path)!;
        if (!File.Exists(full)) ThrowTerminatingError(Errors.FileNotFound(parameter, path));
        return full;
    }

    private IEnumerable<string> ReadBridges(string path)
    {
        var full = ExistingFile(nameof(BridgeFile), path);
        try
        {
            using var file = new FileStream(full, FileMode.Open, FileAccess.Read);
            var text = new byte[LargestBridgeFile + 1];
            var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            if (length > LargestBridgeFile) ThrowTerminatingError(Errors.BridgeFileUnreadable(path, "it is larger than 1 MiB."));
            using var reader = new StreamReader(new MemoryStream(text, 0, length));
            return BridgeLineAttribute.Split(reader.ReadToEnd());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            ThrowTerminatingError(Errors.BridgeFileUnreadable(path, exception.Message));
            throw;
        }
    }

    private IEnumerable<string> Reachable() => ReachableAddresses
        .SelectMany(text => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .Select(address => address.All(char.IsAsciiDigit) ? $"*:{address}" : address);

    private string? ProxyWithUser()
    {
        if (ProxyCredential is not { } user || Proxy is null) return Proxy;
        var match = ProxyPattern().Match(Proxy);
        return $"{match.Groups["scheme"].Value}{Uri.EscapeDataString(user.UserName)}"
            + $":{Uri.EscapeDataString(user.GetNetworkCredential().Password)}@{match.Groups["host"].Value}";
    }

    // A host of a scheme, and no user.
    [GeneratedRegex(@"^(?<scheme>[a-z0-9]+://)(?<host>[^@]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ProxyPattern();
}

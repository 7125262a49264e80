using System.Net;
using System.Security;
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

    private static readonly string[] BridgeParameters = [nameof(Bridge), nameof(BridgeFile), nameof(BuiltInBridges), nameof(NoBridges)];

    private bool TakesBridges => MyInvocation.ExpectingInput || IsGiven(nameof(Bridge)) || IsGiven(nameof(BridgeFile));

    private IEnumerable<string> Given() =>
        TorSetting.All.Select(setting => setting.Parameter).Union(BridgeParameters).Where(name => IsGiven(name) && (name != nameof(NoBridges) || NoBridges))
            .Union(MyInvocation.ExpectingInput ? [nameof(Bridge)] : []);

    // Each setting has the value of the parameter named after it, as BeginProcessing left it.
    private TorSettingsPatch MakePatch()
    {
        var values = new TorSettings();
        foreach (var setting in TorSetting.All)
        {
            var value = GetType().GetProperty(setting.Parameter)!.GetValue(this);
            typeof(TorSettings).GetProperty(setting.Name)!.SetValue(values, value is SecureString secret ? new NetworkCredential("", secret).Password : value);
        }

        var reset = Reset.Contains(TorSettingNames.All, StringComparer.OrdinalIgnoreCase) ? TorSetting.All : Reset.Select(Named);
        return new(values, Given().SelectMany(name => BridgeParameters.Contains(name) ? BridgeSettings : [Named(name).Name]).Union(reset.Select(setting => setting.Name)).ToHashSet());
    }

    private static TorSetting Named(string parameter) => TorSetting.All.Single(setting => setting.Parameter.Equals(parameter, StringComparison.OrdinalIgnoreCase));

    // -Reset All may go with settings: everything else is then as it is by default.
    private string? ClashOfReset() => Given().FirstOrDefault(name => Reset.Contains(name, StringComparer.OrdinalIgnoreCase));

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

    private IEnumerable<string> Reachable() => Parts(ReachableAddresses, ',')
        .Select(address => address.All(char.IsAsciiDigit) ? $"*:{address}" : address);

    private static IEnumerable<string> Parts(string[] texts, params char[] between) =>
        texts.SelectMany(text => text.Split(between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

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

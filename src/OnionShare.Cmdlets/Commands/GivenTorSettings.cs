using System.Net;
using System.Security;
using System.Text.RegularExpressions;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// What the parameters of a <c>Set-OnionTor</c> say of tor's settings. Each setting has the value of the parameter named after it, as
/// <see cref="Check"/> left it; what can't be set ends the command.
/// </summary>
internal sealed partial class GivenTorSettings(SetOnionTorCommand command)
{
    // A file of bridge lines holds a few hundred bytes each.
    private const int LargestBridgeFile = 1 << 20;

    // Of lines and of a built-in set only one is in use, so setting the one takes back the other.
    private static readonly string[] BridgeSettings = [nameof(TorSettings.Bridges), nameof(TorSettings.BuiltInBridges)];

    private static readonly string[] BridgeParameters =
        [nameof(SetOnionTorCommand.Bridge), nameof(SetOnionTorCommand.BridgeFile), nameof(SetOnionTorCommand.BuiltInBridges), nameof(SetOnionTorCommand.NoBridges)];

    private readonly List<string> _bridges = [];

    private bool IsPiped => command.MyInvocation.ExpectingInput;

    private bool TakesBridges => IsPiped || command.IsGiven(nameof(command.Bridge)) || command.IsGiven(nameof(command.BridgeFile));

    private List<string> Names =>
    [
        .. TorSetting.All.Select(setting => setting.Parameter).Union(BridgeParameters)
            .Where(name => command.IsGiven(name) && (name != nameof(command.NoBridges) || command.NoBridges))
            .Union(IsPiped ? [nameof(command.Bridge)] : []),
    ];

    /// <summary>What is set and reset, for -WhatIf and -Confirm.</summary>
    public string Intent
    {
        get
        {
            var parts = new List<string>();
            if (Names is { Count: > 0 } names) parts.Add("set " + string.Join(", ", names));
            if (command.Reset.Length > 0) parts.Add("reset " + string.Join(", ", command.Reset));
            var intent = string.Join("; ", parts);
            return char.ToUpperInvariant(intent[0]) + intent[1..];
        }
    }

    /// <summary>What takes these bridges into use, and no others.</summary>
    public static TorSettingsPatch Of(TorSettings bridges) => new(bridges, BridgeSettings.ToHashSet());

    /// <summary>Finds what is wrong before the pipeline has done its work; paths become absolute, and texts their parts.</summary>
    public void Check()
    {
        ExcludeBridges();
        if (command.ControlPassword is { Length: 0 }) command.ThrowTerminatingError(TorErrors.EmptyControlPassword());
        if (command.ProxyCredential is not null && (command.Proxy is null || !ProxyPattern().IsMatch(command.Proxy))) command.ThrowTerminatingError(TorErrors.ProxyNeeded());
        command.Executable = command.Executable is null ? null : ExistingFile(nameof(command.Executable), command.Executable);
        command.TransportExecutable = [.. command.TransportExecutable.Select(path => ExistingFile(nameof(command.TransportExecutable), path))];
        command.CookieFile = command.CookieFile is null ? null : Literal(command.CookieFile);
        command.ReachableAddresses = [.. Parts(command.ReachableAddresses, ',').Select(address => address.All(char.IsAsciiDigit) ? $"*:{address}" : address)];
        command.Torrc = [.. Parts(command.Torrc, '\r', '\n')];
        command.Proxy = ProxyWithUser();
        foreach (var path in command.BridgeFile) _bridges.AddRange(ReadBridges(path));
        // What the pipeline will bring is not known yet; nothing else can be wrong any more.
        if (Names.Count == 0 && command.Reset.Length == 0) command.ThrowTerminatingError(TorErrors.NothingToSet());
        // -Reset All may go with settings: everything else is then as it is by default.
        if (Names.Find(name => command.Reset.Contains(name, StringComparer.OrdinalIgnoreCase)) is { } setting) command.ThrowTerminatingError(TorErrors.SetAndReset(setting));
    }

    public void Add(IEnumerable<string> bridges) => _bridges.AddRange(bridges);

    /// <summary>After the last object of the pipeline.</summary>
    public void End()
    {
        command.Bridge = [.. _bridges];
        if (TakesBridges && _bridges.Count == 0) command.ThrowTerminatingError(TorErrors.NoBridgeLines());
    }

    public TorSettingsPatch ToPatch()
    {
        var values = new TorSettings();
        foreach (var setting in TorSetting.All)
        {
            var value = typeof(SetOnionTorCommand).GetProperty(setting.Parameter)!.GetValue(command);
            typeof(TorSettings).GetProperty(setting.Name)!.SetValue(values, value is SecureString secret ? Secret.Plain(secret) : value);
        }

        var reset = command.Reset.Contains(TorSettingNames.All, StringComparer.OrdinalIgnoreCase) ? TorSetting.All : command.Reset.Select(Named);
        return new(values, Names.SelectMany(name => BridgeParameters.Contains(name) ? BridgeSettings : [Named(name).Name]).Union(reset.Select(setting => setting.Name)).ToHashSet());
    }

    private static TorSetting Named(string parameter) => TorSetting.All.Single(setting => setting.Parameter.Equals(parameter, StringComparison.OrdinalIgnoreCase));

    private void ExcludeBridges()
    {
        string[] lines = [IsPiped || command.IsGiven(nameof(command.Bridge)) ? nameof(command.Bridge) : nameof(command.BridgeFile)];
        var ways = (TakesBridges ? lines : []).Concat(new[] { nameof(command.BuiltInBridges), nameof(command.NoBridges) }.Where(Names.Contains)).ToList();
        if (ways.Count > 1) command.ThrowTerminatingError(Errors.ParametersClash(ways[0], ways[1], "Nothing was saved."));
    }

    private string Literal(string path) => new SharedPaths(command, command.ThrowTerminatingError).Literal(path)!;

    private string ExistingFile(string parameter, string path)
    {
        var full = Literal(path);
        if (!File.Exists(full)) command.ThrowTerminatingError(TorErrors.FileNotFound(parameter, path));
        return full;
    }

    private IEnumerable<string> ReadBridges(string path)
    {
        var full = ExistingFile(nameof(command.BridgeFile), path);
        try
        {
            using var file = new FileStream(full, FileMode.Open, FileAccess.Read);
            var text = new byte[LargestBridgeFile + 1];
            var length = file.ReadAtLeast(text, text.Length, throwOnEndOfStream: false);
            if (length > LargestBridgeFile) command.ThrowTerminatingError(TorErrors.BridgeFileUnreadable(path, "it is larger than 1 MiB."));
            using var reader = new StreamReader(new MemoryStream(text, 0, length));
            return BridgeLineAttribute.Split(reader.ReadToEnd());
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            command.ThrowTerminatingError(TorErrors.BridgeFileUnreadable(path, exception.Message));
            throw;
        }
    }

    private static IEnumerable<string> Parts(string[] texts, params char[] between) =>
        texts.SelectMany(text => text.Split(between, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private string? ProxyWithUser()
    {
        if (command.ProxyCredential is not { } user || command.Proxy is null) return command.Proxy;
        var match = ProxyPattern().Match(command.Proxy);
        return $"{match.Groups["scheme"].Value}{Uri.EscapeDataString(user.UserName)}"
            + $":{Uri.EscapeDataString(user.GetNetworkCredential().Password)}@{match.Groups["host"].Value}";
    }

    // A host of a scheme, and no user.
    [GeneratedRegex(@"^(?<scheme>[a-z0-9]+://)(?<host>[^@]+)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex ProxyPattern();
}

using System.Management.Automation;
using System.Net;
using System.Security;
using OnionShare.Cmdlets.Completion;
using OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Commands;

/// <summary><c>Set-OnionTor</c>: says which tor is used and how it reaches the Tor network, for the next time it is connected.</summary>
[Cmdlet(VerbsCommon.Set, "OnionTor", DefaultParameterSetName = SettingsSet, SupportsShouldProcess = true)]
[OutputType(typeof(OnionTor), ParameterSetName = [SettingsSet, RequestSet])]
[OutputType(typeof(OnionBridgeOffer), ParameterSetName = [RequestSet])]
public sealed partial class SetOnionTorCommand : TorCommand
{
    private const string SettingsSet = "Settings";
    private const string RequestSet = "RequestBridges";

    private readonly List<string> _bridges = [];

    [Parameter(Position = 0, ValueFromPipeline = true, ParameterSetName = SettingsSet, HelpMessage = "Bridge lines; from the pipeline, too.")]
    [BridgeLine]
    public string[] Bridge { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "How the engine gets a tor.")]
    public TorConnectionType Connection { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The path of the tor program to run."), ValidateNotNullOrEmpty]
    public string? Executable { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The control endpoint of a tor that runs.")]
    [ValidateNotNullOrEmpty, ArgumentCompleter(typeof(ControlEndpointCompleter))]
    public string? ControlEndpoint { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The password of that endpoint, a string or a SecureString."), Password]
    public SecureString? ControlPassword { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Where the cookie of that endpoint can be read, when it is not where tor says.")]
    [ValidateNotNullOrEmpty]
    public string? CookieFile { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The SOCKS endpoint of that tor, when it can't tell it."), ValidateNotNullOrEmpty]
    public string? SocksEndpoint { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The IP address the services listen on."), ValidateNotNullOrEmpty]
    public string? BindAddress { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The IP address at which tor reaches the services."), ValidateNotNullOrEmpty]
    public string? OnionTarget { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Text files with bridge lines."), ValidateNotNullOrEmpty]
    public string[] BridgeFile { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "A built-in set of bridges.")]
    public BuiltInBridges? BuiltInBridges { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Use no bridges.")]
    public SwitchParameter NoBridges { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Paths of programs for pluggable transports."), ValidateNotNullOrEmpty]
    public string[] TransportExecutable { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The proxy between tor and its relays."), ValidateNotNullOrEmpty]
    public string? Proxy { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "User and password for the proxy."), Credential]
    public PSCredential? ProxyCredential { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The only addresses and ports a firewall lets through; a port alone stands for any address.")]
    [ValidateNotNullOrEmpty]
    public string[] ReachableAddresses { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "The Internet Protocol to the relays.")]
    public TorAddressFamily AddressFamily { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Further lines for the torrc of a tor the engine runs."), ValidateNotNullOrEmpty]
    public string[] Torrc { get; set; } = [];

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "How long to wait for the connection to the Tor network."), Duration, ArgumentCompleter(typeof(DurationCompleter))]
    public TimeSpan? ConnectTimeout { get; set; }

    [Parameter(ParameterSetName = SettingsSet, HelpMessage = "Settings to take back to their defaults.")]
    [ValidateSet(typeof(TorSettingNames))]
    public string[] Reset { get; set; } = [];

    [Parameter(HelpMessage = "Give tor out as it is, with the new settings.")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (RequestBridges) return;
        ExcludeBridges();
        if (ControlPassword is { Length: 0 }) ThrowTerminatingError(Errors.EmptyControlPassword());
        if (ProxyCredential is not null && (Proxy is null || !ProxyPattern().IsMatch(Proxy))) ThrowTerminatingError(Errors.ProxyNeeded());
        Executable = Executable is null ? null : ExistingFile(nameof(Executable), Executable);
        TransportExecutable = [.. TransportExecutable.Select(path => ExistingFile(nameof(TransportExecutable), path))];
        CookieFile = CookieFile is null ? null : new SharedPaths(this, ThrowTerminatingError).Literal(CookieFile);
        ReachableAddresses = [.. Reachable()];
        Torrc = [.. Parts(Torrc, '\r', '\n')];
        Proxy = ProxyWithUser();
        foreach (var path in BridgeFile) _bridges.AddRange(ReadBridges(path));
        // What the pipeline will bring is not known yet; nothing else can be wrong any more.
        if (!MyInvocation.ExpectingInput && !Given().Any() && Reset.Length == 0) ThrowTerminatingError(Errors.NothingToSet());
        if (ClashOfReset() is { } setting) ThrowTerminatingError(Errors.SetAndReset(setting));
    }

    /// <inheritdoc/>
    protected override Task ProcessRecordAsync()
    {
        _bridges.AddRange(Bridge);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override async Task EndProcessingAsync()
    {
        if (RequestBridges)
        {
            await RequestAsync();
            return;
        }

        Bridge = [.. _bridges];
        if (TakesBridges && _bridges.Count == 0) ThrowTerminatingError(Errors.NoBridgeLines());
        if (!ShouldProcess("tor's settings", Intent())) return;
        await Engine.Tor.ChangeAsync(MakePatch(), StopToken);
        await ReportAsync();
    }

    private async Task ReportAsync()
    {
        var tor = await TorAsync();
        if (PassThru) WriteObject(tor);
        else if (tor.State is nameof(TorState.Off) or nameof(TorState.Failed)) WriteVerbose("Saved. The settings are used when tor is next connected.");
        else WriteWarning("Saved. tor goes on with the settings it was connected with; Connect-OnionTor connects it with these.");
    }

    private string Intent()
    {
        var parts = new List<string>();
        if (Given().ToList() is { Count: > 0 } given) parts.Add("set " + string.Join(", ", given));
        if (Reset.Length > 0) parts.Add("reset " + string.Join(", ", Reset));
        var intent = string.Join("; ", parts);
        return char.ToUpperInvariant(intent[0]) + intent[1..];
    }
}

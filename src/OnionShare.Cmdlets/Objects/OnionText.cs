using System.Collections;
using System.Globalization;

namespace OnionShare;

/// <summary>
/// What the module's views show: hidden properties of its objects (<see cref="ViewProperties"/>). They are code, not script, so that they work under
/// ConstrainedLanguage, too. Text that came from somebody else, such as a file's name, is safe in a console.
/// </summary>
public static class OnionText
{
    private const int LongestText = 1000;

    /// <summary>A number of bytes for a person: <c>1.5 MiB</c>; <c>?</c> where it is not known.</summary>
    public static string Size(long? bytes) => bytes is { } count ? ByteSize.Show(count) : "?";

    /// <summary>Text that may be anything, fit for a console: control, bidi and escape characters are shown, and it ends after 1,000 characters.</summary>
    public static string Safe(object? text) => RemoteText.Show(text?.ToString(), LongestText);

    /// <summary>Bytes handed over, for a person: <c>1.5 MiB</c>.</summary>
    public static object? BytesText(PSObject item) => Size(Value(item, "Bytes") as long?);

    /// <summary>Bytes in all; <c>?</c> where that is not known.</summary>
    public static object? TotalBytesText(PSObject item) => Size(Value(item, "TotalBytes") as long?);

    /// <summary>The length of a file; <c>?</c> where that is not known.</summary>
    public static object? LengthText(PSObject item) => Size(Value(item, "Length") as long?);

    /// <summary>What was said in a room, or what happened there.</summary>
    public static object? TextText(PSObject item) => item.BaseObject is OnionMessage { Type: not nameof(ChatEventType.Said) } happened ? happened.ToString() : Shown(item, "Text");

    /// <summary>How far a transfer is: <c>42 %</c>; empty where it is not known.</summary>
    public static object? PercentText(PSObject item) =>
        Value(item, "Percent") is double value ? string.Create(CultureInfo.CurrentCulture, $"{Math.Floor(value):0} %") : "";

    public static object? ClientsText(PSObject item) => Value(item, "Clients") is IEnumerable names ? string.Join(", ", names.Cast<object>().Select(Safe)) : "";

    /// <summary>The mode and the state of a service: <c>Share, running</c>.</summary>
    public static object? StateText(PSObject item) => ServiceWords.State(Status(item));

    /// <summary>What a service offers or takes.</summary>
    public static object? ContentText(PSObject item) => ServiceWords.Content(Status(item));

    /// <summary>When a service ends, or why it ended.</summary>
    public static object? EndsText(PSObject item) => ServiceWords.Ends(Status(item));

    /// <summary>How long a service has been reachable, or when it starts or ends, in ten characters.</summary>
    public static object? AgeText(PSObject item) => ServiceWords.Age(Status(item), DateTimeOffset.Now);

    public static object? ShortAddressText(PSObject item) => ServiceWords.ShortAddress(Status(item));

    public static object? SavedText(PSObject item) => Status(item).Vault is { } vault ? $"in the vault '{Safe(vault)}'" : "on the disk";

    public static object? BindAddressText(PSObject item) => Shown(item, "BindAddress");
    public static object? BridgeText(PSObject item) => Shown(item, "Bridge");
    public static object? ClientText(PSObject item) => Shown(item, "Client");
    public static object? ControlEndpointText(PSObject item) => Shown(item, "ControlEndpoint");
    public static object? CookieFileText(PSObject item) => Shown(item, "CookieFile");
    public static object? ErrorText(PSObject item) => Shown(item, "Error");
    public static object? ExecutableText(PSObject item) => Shown(item, "Executable");
    public static object? LinesText(PSObject item) => Shown(item, "Lines");
    public static object? NameText(PSObject item) => Shown(item, "Name");
    public static object? OnionTargetText(PSObject item) => Shown(item, "OnionTarget");
    public static object? PathText(PSObject item) => Shown(item, "Path");
    public static object? PathsText(PSObject item) => Shown(item, "Paths");
    public static object? ProxyText(PSObject item) => Shown(item, "Proxy");
    public static object? ReachableAddressesText(PSObject item) => Shown(item, "ReachableAddresses");
    public static object? ServiceText(PSObject item) => Shown(item, "Service");
    public static object? SettingsText(PSObject item) => Shown(item, "Settings");
    public static object? Sha256Text(PSObject item) => Shown(item, "Sha256");
    public static object? SignedByText(PSObject item) => Shown(item, "SignedBy");
    public static object? SocksEndpointText(PSObject item) => Shown(item, "SocksEndpoint");
    public static object? SocksText(PSObject item) => Shown(item, "Socks");
    public static object? SourceText(PSObject item) => Shown(item, "Source");
    public static object? TitleText(PSObject item) => Shown(item, "Title");
    public static object? TorErrorText(PSObject item) => Shown(item, "TorError");
    public static object? TorrcText(PSObject item) => Shown(item, "Torrc");
    public static object? TransportExecutableText(PSObject item) => Shown(item, "TransportExecutable");
    public static object? TransportsText(PSObject item) => Shown(item, "Transports");
    public static object? VaultText(PSObject item) => Shown(item, "Vault");
    public static object? VersionText(PSObject item) => Shown(item, "Version");

    private static ServiceStatus Status(PSObject item) => ((OnionService)item.BaseObject).Status;

    private static object? Value(PSObject item, string name) => item.Properties[name]?.Value;

    private static object? Shown(PSObject item, string name) => Value(item, name) switch
    {
        null => null,
        string text => Safe(text),
        IEnumerable list => string.Join('\n', list.Cast<object>().Select(Safe)),
        { } other => Safe(other),
    };
}

using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;

namespace OnionShare.Engine.Tor.Settings;

/// <summary>Checks the settings on how to come by a tor.</summary>
internal static class TorConnectionCheck
{
    // sun_path holds 108 bytes on Linux and 104 on macOS, the closing NUL included.
    private const int LongestSocketPath = 103;

    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorSettings"/>.</exception>
    public static void Check(TorSettings settings)
    {
        CheckWay(settings);
        CheckEndpoint(settings.ControlEndpoint);
        CheckSecrets(settings);
        if (settings.SocksEndpoint is { } socks && (!ControlEndpoint.TryParse(socks, out var endpoint) || endpoint.Path is not null))
        {
            throw TorSettingsCheck.Refused(
                "socksEndpoint", $"'{RemoteText.Show(socks)}' is no SOCKS endpoint.", "Give an address and a port: 127.0.0.1:9050, or [::1]:9050.");
        }

        CheckAddresses(settings);
        if (settings.ConnectTimeout is { } timeout && (timeout < TimeSpan.FromSeconds(1) || timeout > TimeSpan.FromDays(1)))
            throw TorSettingsCheck.Refused("connectTimeout", $"tor can't be waited for for {timeout}.", "Take a time from one second to one day.");
    }

    private static void CheckWay(TorSettings settings)
    {
        if (!Enum.IsDefined(settings.Connection))
            throw TorSettingsCheck.Refused("connection", "There is no such way to a tor.", $"Take one of {string.Join(", ", Enum.GetNames<TorConnectionType>())}.");
        if (settings.Connection == TorConnectionType.ControlEndpoint && settings.ControlEndpoint is null)
        {
            throw TorSettingsCheck.Refused(
                "controlEndpoint", "The tor at a control endpoint is to be used, but no endpoint is set.", "Set it: 127.0.0.1:9051, or unix:/run/tor/control.");
        }

        if (settings.Executable is not { } executable)
            return;
        if (!Path.IsPathFullyQualified(executable))
            throw TorSettingsCheck.Refused("executable", $"'{RemoteText.Show(executable)}' is not the whole path of a program.", "Give the path from the root on.");
        if (!File.Exists(executable))
            throw TorSettingsCheck.Refused("executable", $"There is no program at '{RemoteText.Show(executable)}'.", "Give the path of a tor program, or none, and the usual places are searched.");
    }

    private static void CheckEndpoint(string? text)
    {
        if (text is null)
            return;
        if (!ControlEndpoint.TryParse(text, out var endpoint))
        {
            throw TorSettingsCheck.Refused(
                "controlEndpoint", $"'{RemoteText.Show(text)}' is no control endpoint.", "Give an address and a port, or a socket: 127.0.0.1:9051, [::1]:9051, unix:/run/tor/control.");
        }

        if (endpoint.Path is { } path && (OperatingSystem.IsWindows() || Encoding.UTF8.GetByteCount(path) > LongestSocketPath))
        {
            throw TorSettingsCheck.Refused(
                "controlEndpoint", OperatingSystem.IsWindows() ? "On Windows tor listens on no unix socket." : $"The path of the socket is longer than {LongestSocketPath} bytes.",
                "Give an address and a port: 127.0.0.1:9051.");
        }
    }

    private static void CheckSecrets(TorSettings settings)
    {
        if (settings.ControlPassword is { } password && (password.Length is 0 or > 1024 || password.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0))
            throw TorSettingsCheck.Refused("controlPassword", "The control password is empty, very long, or has line breaks in it.", "Give the one tor's HashedControlPassword was made of.");
        if (settings.CookieFile is { } cookie && !Path.IsPathFullyQualified(cookie))
            throw TorSettingsCheck.Refused("cookieFile", $"'{RemoteText.Show(cookie)}' is not the whole path of a file.", "Give the path from the root on.");
    }

    private static void CheckAddresses(TorSettings settings)
    {
        var bind = Address("bindAddress", settings.BindAddress);
        var target = Address("onionTarget", settings.OnionTarget);
        if (bind is null && target is null)
            return;
        if (settings.RunsTor() || settings.ControlEndpoint is null || settings.Connection is TorConnectionType.System or TorConnectionType.TorBrowser)
        {
            throw TorSettingsCheck.Refused(
                bind is null ? "onionTarget" : "bindAddress", "Services listen on another address than 127.0.0.1 only for the tor at a control endpoint.",
                "Set the control endpoint, too; or take this address back.");
        }

        if (bind is not null && !IsAny(bind) && !IPAddress.IsLoopback(bind) && !AddressesOfThisMachine().Contains(bind))
        {
            throw TorSettingsCheck.Refused(
                "bindAddress", $"This computer has no address {bind}.", $"It has {string.Join(", ", AddressesOfThisMachine())}.");
        }

        if (target is not null && IsAny(target))
            throw TorSettingsCheck.Refused("onionTarget", $"Nothing can be reached at {target}.", "Give the address of this computer that tor can reach.");
        if (target is null && bind is not null && IsAny(bind))
            throw TorSettingsCheck.Refused("onionTarget", $"Services are to listen on every address ({bind}), and tor has to know one.", "Set the address of this computer that tor can reach, too.");
    }

    private static IPAddress? Address(string setting, string? text)
    {
        if (text is null)
            return null;

        // Short forms are taken for something else than they look like: 1 is 0.0.0.1.
        var isWhole = IPAddress.TryParse(text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId == 0 && !text.Contains('[') : address.ToString() == text);
        return isWhole ? address : throw TorSettingsCheck.Refused(setting, $"'{RemoteText.Show(text)}' is no IP address.", "Give one such as 10.152.152.11 or fd00::11.");
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static HashSet<IPAddress> AddressesOfThisMachine() =>
        [.. NetworkInterface.GetAllNetworkInterfaces().SelectMany(one => one.GetIPProperties().UnicastAddresses).Select(one => one.Address)];
}

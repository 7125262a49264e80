using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>Getting into a tor that runs already, and what is told when that fails: each cause in words of its own, with what to do.</summary>
public sealed class AttachedTorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("os").FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task It_is_entered_and_left_as_it_was_found()
    {
        await using var port = new ControlPort(ControlPort.Tor("METHODS=NULL"));
        await using (var session = await OpenAsync(port))
        {
            Assert.Equal(("0.4.8.10", port.Endpoint, null, TorConnectionType.ControlEndpoint), (session.Version, session.Source, session.ProcessId, session.Connection));
            Assert.Equal("127.0.0.1:9050", session.Socks);
        }

        Assert.Equal(["PROTOCOLINFO 1", "AUTHENTICATE", "GETINFO net/listeners/socks"], port.Commands);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_unix_socket_is_as_good()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: tor listens on no unix socket on Windows; run it on Linux or macOS");
        await using var port = new ControlPort(ControlPort.Tor("METHODS=HASHEDPASSWORD"), Path.Combine(_folder, "s"));
        await using var session = await OpenAsync(port, new TorSettings { ControlPassword = "a \"b\"" });
        Assert.Equal("unix:" + Path.Combine(_folder, "s"), session.Source);
        Assert.Contains("AUTHENTICATE \"a \\\"b\\\"\"", port.Commands);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_SOCKS_endpoint_that_is_set_counts_more_than_what_it_tells()
    {
        await using var port = new ControlPort(ControlPort.Tor("METHODS=NULL"));
        await using var session = await OpenAsync(port, new TorSettings { SocksEndpoint = "10.0.0.2:9050" });
        Assert.Equal("10.0.0.2:9050", session.Socks);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_filter_that_does_not_tell_of_SOCKS_is_no_hindrance()
    {
        await using var port = new ControlPort(ControlPort.Tor("METHODS=NULL", c => c.StartsWith("GETINFO", StringComparison.Ordinal) ? "510 Command filtered" : null));
        await using var session = await OpenAsync(port);
        Assert.Null(session.Socks);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_nothing_listens_it_says_where_it_looked()
    {
        var free = FreeEndpoint();
        Told(
            await FailAsync(TorConnectionType.ControlEndpoint, free), $"Nothing listens at {free}: ", "Check the address, and that tor runs there with this ControlPort");
        Told(
            await FailAsync(TorConnectionType.System, "unix:/no/such/control", free), $"No tor listens for controllers at unix:/no/such/control, {free}.", "Start the system's tor, with ControlPort 9051");
        Told(await FailAsync(TorConnectionType.TorBrowser, free), $"No Tor Browser listens for controllers at {free}.", "Start Tor Browser");
    }

    [Theory(Timeout = 120_000)]
    [InlineData("HTTP/1.0 501 Tor is not an HTTP Proxy\r\nContent-Type: text/html", "What listens at {0} is no tor's control port: ")]
    [InlineData("514 Authentication required.", "What listens at {0} is no tor's control port: tor refused PROTOCOLINFO: 514")]
    [InlineData(null, "What listens at {0} is no tor's control port: ")]
    public async Task What_is_no_tor_is_called_so(string? answer, string sentence)
    {
        await using var port = new ControlPort(_ => answer);
        Told(await FailAsync(port), string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, port.Endpoint), "Give the address of ControlPort or ControlSocket");
    }

    [Fact(Timeout = 120_000)]
    public async Task What_takes_the_connection_and_says_nothing_is_not_waited_for_for_ever()
    {
        await using var port = new ControlPort(_ => "");
        var opening = FailAsync(port);
        await Until.TrueAsync(() => port.Commands.Count == 1);
        _time.Advance(TimeSpan.FromSeconds(10));
        Told(await opening, $"{port.Endpoint} did not answer within 10 s.", "Look whether a firewall is in between");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cookie_that_may_not_be_read_names_the_group_to_join()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess, "skipped: root may read everything; run it as a user on Linux or macOS");
        var cookie = Path.Combine(_folder, "cookie");
        await File.WriteAllBytesAsync(cookie, RandomNumberGenerator.GetBytes(32), Cancel);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(cookie, UnixFileMode.None);
        await using var port = new ControlPort(ControlPort.Tor($"METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"{cookie}\""));
        Told(await FailAsync(port), $"The cookie of the tor at {port.Endpoint} may not be read by this user: {cookie}.", "Join the group ");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cookie_that_is_not_there_names_the_path_and_the_setting()
    {
        await using var port = new ControlPort(ControlPort.Tor("METHODS=COOKIE,SAFECOOKIE COOKIEFILE=\"/no/such/cookie\""));
        Told(await FailAsync(port), $"The cookie of the tor at {port.Endpoint} can't be read: /no/such/cookie.", "Where that tor runs in a container");
    }

    [Fact(Timeout = 120_000)]
    public async Task The_cookie_file_that_is_set_counts_more_than_the_one_it_tells()
    {
        var cookie = Path.Combine(_folder, "cookie");
        await File.WriteAllBytesAsync(cookie, [.. Enumerable.Repeat((byte)7, 32)], Cancel);
        await using var port = new ControlPort(ControlPort.Tor("METHODS=COOKIE COOKIEFILE=\"/no/such/cookie\""));
        await using var session = await OpenAsync(port, new TorSettings { CookieFile = cookie });
        Assert.Contains("AUTHENTICATE " + string.Concat(Enumerable.Repeat("07", 32)), port.Commands);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cookie_that_is_not_taken_is_called_anothers()
    {
        var cookie = Path.Combine(_folder, "cookie");
        await File.WriteAllBytesAsync(cookie, RandomNumberGenerator.GetBytes(32), Cancel);
        await using var port = new ControlPort(ControlPort.Tor(
            $"METHODS=COOKIE COOKIEFILE=\"{cookie}\"", c => c.StartsWith("AUTHENTICATE", StringComparison.Ordinal) ? "515 Authentication failed: Authentication cookie did not match expected value." : null));
        Told(await FailAsync(port), $"The tor at {port.Endpoint} did not take the cookie in {cookie}.", "It is another tor's, or an old one");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_remote_tor_can_not_have_a_file_of_its_choice_sent_to_it()
    {
        // The whole of 127/8 is this computer on Linux, but it is asked for by a name here that is not known to be.
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: needs a name for this computer that is not localhost");
        var cookie = Path.Combine(_folder, "secret");
        await File.WriteAllBytesAsync(cookie, RandomNumberGenerator.GetBytes(32), Cancel);
        await using var port = new ControlPort(ControlPort.Tor($"METHODS=COOKIE COOKIEFILE=\"{cookie}\""));
        var remote = Dns.GetHostName() + port.Endpoint[port.Endpoint.LastIndexOf(':')..];
        Assert.SkipUnless((await Dns.GetHostAddressesAsync(Dns.GetHostName(), Cancel)).Any(IPAddress.IsLoopback), "skipped: this computer's name is not at 127.0.0.1");
        var problem = await FailAsync(TorConnectionType.ControlEndpoint, remote);
        Assert.Contains("a remote tor without SAFECOOKIE may not choose the file", problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(port.Commands, command => command.StartsWith("AUTHENTICATE", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_password_that_is_needed_and_one_that_is_wrong_are_two_things()
    {
        await using var port = new ControlPort(ControlPort.Tor(
            "METHODS=HASHEDPASSWORD", c => c.StartsWith("AUTHENTICATE", StringComparison.Ordinal) ? "515 Authentication failed: Password did not match HashedControlPassword" : null));
        Told(await FailAsync(port), $"The tor at {port.Endpoint} asks for a password.", "Set the control password (Set-OnionTor)");
        var wrong = await FailAsync(port, new TorSettings { ControlPassword = "very wrong" });
        Told(wrong, $"The tor at {port.Endpoint} did not take the control password.", "Set the one HashedControlPassword in its torrc was made of");
        Assert.DoesNotContain("very wrong", wrong.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_is_too_old_is_called_so()
    {
        await using var port = new ControlPort(ControlPort.Tor("METHODS=NULL", version: "0.3.4.9 (git-abc)"));
        Told(await FailAsync(port), $"The tor at {port.Endpoint} is version 0.3.4.9; version 0.3.5.7 or newer is needed.", "Update it");
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_several_places_the_one_where_something_is_wins_to_be_told()
    {
        await using var port = new ControlPort(ControlPort.Tor("METHODS=HASHEDPASSWORD"));
        Told(await FailAsync(TorConnectionType.System, "unix:/no/such/control", port.Endpoint, FreeEndpoint()), $"The tor at {port.Endpoint} asks for a password.", "Set the control password");
    }

    [Fact]
    public void Tor_Browsers_places_are_what_it_says_and_then_the_usual_ones()
    {
        var places = ControlPlaces.TorBrowser(name => name switch
        {
            "TOR_CONTROL_PORT" => "9999",
            "TOR_CONTROL_HOST" => "10.0.0.3",
            _ => null,
        });
        Assert.Equal(["10.0.0.3:9999", "127.0.0.1:9151", "127.0.0.1:9153"], places.Select(place => place.ToString()).Take(3));
        Assert.Equal("127.0.0.1:9151", ControlPlaces.TorBrowser(_ => "nonsense")[0].ToString());
        Assert.Equal("127.0.0.1:9051", ControlPlaces.System()[^1].ToString());
    }

    private static void Told(Problem problem, string detail, string advice)
    {
        Assert.Equal(ProblemCodes.TorControl, problem.Code);
        Assert.StartsWith(detail, problem.Detail, StringComparison.Ordinal);
        Assert.StartsWith(advice, problem.Advice, StringComparison.Ordinal);
    }

    private static string FreeEndpoint()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket.LocalEndPoint!.ToString()!;
    }

    private Task<TorSession> OpenAsync(ControlPort port, TorSettings? settings = null) => OpenAsync(TorConnectionType.ControlEndpoint, settings, port.Endpoint);

    private async Task<TorSession> OpenAsync(TorConnectionType way, TorSettings? settings, params IEnumerable<string> endpoints)
    {
        var places = endpoints.Select(text => ControlEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new ArgumentException(text, nameof(endpoints)));
        await using var source = new AttachedTor(way, [.. places], settings ?? new TorSettings(), _time, NullLogger.Instance);
        return await source.OpenAsync(Cancel);
    }

    private Task<Problem> FailAsync(ControlPort port, TorSettings? settings = null) => FailAsync(TorConnectionType.ControlEndpoint, settings, port.Endpoint);

    private Task<Problem> FailAsync(TorConnectionType way, params IEnumerable<string> endpoints) => FailAsync(way, null, endpoints);

    private async Task<Problem> FailAsync(TorConnectionType way, TorSettings? settings, IEnumerable<string> endpoints) =>
        (await Assert.ThrowsAsync<ProblemException>(() => OpenAsync(way, settings, endpoints))).Problem;

    private Task<Problem> FailAsync(TorConnectionType way, TorSettings? settings, string endpoint) => FailAsync(way, settings, [endpoint]);
}

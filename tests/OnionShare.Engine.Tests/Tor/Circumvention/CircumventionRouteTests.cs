using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Circumvention;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>
/// On which way the circumvention service is asked, and that it is on no other. The service's name is one that no resolver knows: what arrives went
/// to the proxy by its name.
/// </summary>
public sealed class CircumventionRouteTests : IAsyncLifetime
{
    private const string Source = $"https://{ApiStandIn.Name}/moat";

    private ApiStandIn _api = null!;
    private ProxyStandIn _tor = null!;
    private ProxyStandIn _proxy = null!;
    private TorSettings _settings = new();

    public async ValueTask InitializeAsync()
    {
        _api = await ApiStandIn.HttpsAsync();
        _api.Says("settings", ApiStandIn.Settings("cn", ("obfs4", "bridgedb", [ApiStandIn.Obfs4])));
        _tor = new ProxyStandIn(_api.Port);
        _proxy = new ProxyStandIn(_api.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _tor.DisposeAsync();
        await _proxy.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task Through_tor_the_name_goes_to_tor_on_a_circuit_of_its_own_each_time()
    {
        await AskAsync(new BridgeRequest());
        await AskAsync(new BridgeRequest());
        Assert.Equal([$"{ApiStandIn.Name}:443", $"{ApiStandIn.Name}:443"], _tor.Asked);
        Assert.Equal(2, _tor.Credentials.Distinct().Count());
        Assert.All(_tor.Credentials, credentials => Assert.Matches("^onionshare-bridges:[0-9A-F]{16}$", credentials));
        Assert.Empty(_proxy.Asked);
    }

    [Fact(Timeout = 120_000)]
    public async Task When_tor_is_not_connected_it_is_not_brought_up_and_nothing_is_asked()
    {
        _settings = new TorSettings { Proxy = $"https://127.0.0.1:{_proxy.Port}" };
        foreach (var tor in new[] { TorAt.Off(), new TorAt(new TorStatus { State = TorState.Bootstrapping, Socks = $"127.0.0.1:{_tor.Port}" }) })
        {
            var problem = await RefusedAsync(new BridgeRequest { OutsideTor = true }, tor);
            Assert.Equal((ProblemCodes.TorNotConnected, 409), (problem.Code, problem.Status));
        }

        AssertNothingAsked();
    }

    [Theory(Timeout = 120_000)]
    [InlineData("https://127.0.0.1:{0}", false, null)]
    [InlineData("https://us%40er:pass%3Aword@127.0.0.1:{0}", true, "us@er:pass:word")]
    [InlineData("socks5://127.0.0.1:{0}", false, null)]
    [InlineData("socks5://us%40er:pass%3Aword@127.0.0.1:{0}", true, "us@er:pass:word")]
    public async Task Through_the_proxy_of_the_settings_the_name_goes_to_the_proxy(string proxy, bool wantsPassword, string? credentials)
    {
        await using var other = new ProxyStandIn(_api.Port) { WantsPassword = wantsPassword };
        _settings = new TorSettings { Proxy = string.Format(null, proxy, other.Port) };
        var offer = Assert.Single(await AskAsync(new BridgeRequest { Route = BridgeRequestRoute.Proxy, OutsideTor = true }));
        Assert.Equal([ApiStandIn.Obfs4], offer.Lines);
        Assert.Equal([$"{ApiStandIn.Name}:443"], other.Asked);
        Assert.Equal(credentials is null ? [] : [credentials], other.Credentials);
        Assert.Empty(_tor.Asked);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("https", "The HTTP proxy refused: HTTP/1.1 403 Forbidden")]
    [InlineData("socks5", "The SOCKS proxy's rules forbid the connection")]
    public async Task A_proxy_that_refuses_is_told_in_its_words_and_no_other_way_is_tried(string scheme, string reason)
    {
        await using var other = new ProxyStandIn(_api.Port) { Refusal = (2, "HTTP/1.1 403 Forbidden") };
        _settings = new TorSettings { Proxy = $"{scheme}://127.0.0.1:{other.Port}" };
        var problem = await RefusedAsync(new BridgeRequest { Route = BridgeRequestRoute.Proxy, OutsideTor = true });
        Assert.Equal($"The circumvention service at {Source}/circumvention/ can't be reached: {reason}.", problem.Detail);
        AssertNothingAsked();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_proxy_that_does_not_answer_and_one_that_wants_a_password_are_told()
    {
        await using var strict = new ProxyStandIn(_api.Port) { WantsPassword = true };
        _settings = new TorSettings { Proxy = $"https://127.0.0.1:{strict.Port}" };
        var ask = new BridgeRequest { Route = BridgeRequestRoute.Proxy, OutsideTor = true };
        Assert.EndsWith("can't be reached: The HTTP proxy asks for another user name and password.", (await RefusedAsync(ask)).Detail, StringComparison.Ordinal);
        _settings = new TorSettings { Proxy = $"socks5://127.0.0.1:{strict.Port}" };
        Assert.EndsWith("can't be reached: The SOCKS proxy asks for a user name and a password.", (await RefusedAsync(ask)).Detail, StringComparison.Ordinal);
        _settings = new TorSettings { Proxy = "socks5://127.0.0.1:1" };
        Assert.Contains("can't be reached: The proxy at 127.0.0.1:1 does not answer: ", (await RefusedAsync(ask)).Detail, StringComparison.Ordinal);
        AssertNothingAsked();
    }

    [Theory(Timeout = 120_000)]
    [InlineData(BridgeRequestRoute.Proxy, "The network between this computer and the proxy 127.0.0.1, and whoever runs it, would see that this computer connects to bridges.example")]
    [InlineData(BridgeRequestRoute.Meek, "The network of this computer would see an encrypted connection to vuejs.org through the proxy 127.0.0.1, and the question for that name.")]
    public async Task A_route_outside_Tor_is_not_taken_before_it_was_allowed_and_says_who_would_see_what(BridgeRequestRoute route, string whoSees)
    {
        _settings = new TorSettings { Proxy = $"https://user:secret@127.0.0.1:{_proxy.Port}" };
        var problem = await RefusedAsync(new BridgeRequest { Route = route });
        Assert.Equal((ProblemCodes.OutsideTor, 403), (problem.Code, problem.Status));
        Assert.StartsWith("This question would NOT go through Tor. " + whoSees, problem.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Nothing was sent.", problem.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        AssertNothingAsked();
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_proxy_in_the_settings_there_is_no_such_route()
    {
        var problem = await RefusedAsync(new BridgeRequest { Route = BridgeRequestRoute.Proxy, OutsideTor = true });
        Assert.Equal((ProblemCodes.InvalidRequest, "No proxy is set to ask through."), (problem.Code, problem.Detail));
        AssertNothingAsked();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_certificate_nobody_trusts_is_not_trusted_here_either()
    {
        var problem = await RefusedAsync(new BridgeRequest(), trust: false);
        Assert.StartsWith($"The circumvention service at {Source}/circumvention/ can't be trusted: The remote certificate", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(_api.Asked);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_certificate_for_another_name_or_of_another_time_is_not_trusted()
    {
        Assert.Contains("can't be trusted", (await RefusedAsync(new BridgeRequest { Source = "https://other.example/moat" })).Detail, StringComparison.Ordinal);
        await using var old = await ApiStandIn.HttpsAsync(DateTimeOffset.UtcNow.AddDays(-1));
        await using var way = new ProxyStandIn(old.Port);
        var inquiry = new BridgeInquiry(TorAt.Socks(way.Port), () => _settings, NullLogger.Instance) { Roots = old.Roots };
        var refused = await Assert.ThrowsAsync<ProblemException>(() => inquiry.AskAsync(new BridgeRequest { Source = Source }, Cancel));
        Assert.Contains("can't be trusted", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Empty(old.Asked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Through_meek_a_real_transport_carries_the_question_and_is_gone_afterwards()
    {
        var program = Requires.Obfs4Proxy();
        await using var meek = await MeekStandIn.StartAsync(_api.Port);
        _settings = new TorSettings { TransportExecutables = [program] };
        var before = Folders();

        var offer = Assert.Single(await AskAsync(Meek(meek.Port)));

        Assert.Equal([ApiStandIn.Obfs4], offer.Lines);
        Assert.Equal(1, meek.Sessions);
        Assert.All(meek.Hosts, host => Assert.Equal($"127.0.0.1:{meek.Port}", host));
        Assert.Equal(("settings", "{}"), Assert.Single(_api.Asked));
        Assert.Empty(_tor.Asked);
        Assert.Empty(_proxy.Asked);
        Assert.Empty(Processes());
        Assert.Equal(before, Folders());
    }

    [Fact(Timeout = 120_000)]
    public async Task Through_meek_the_transport_goes_through_the_proxy_of_the_settings()
    {
        var program = Requires.Obfs4Proxy();
        await using var meek = await MeekStandIn.StartAsync(_api.Port);
        await using var other = new ProxyStandIn(meek.Port) { WantsPassword = true };
        _settings = new TorSettings { TransportExecutables = [program], Proxy = $"socks5://user:pass%3Aword@127.0.0.1:{other.Port}" };

        // The front's name is one that nobody knows: only the proxy can have led it to the stand-in.
        var line = "meek_lite 192.0.2.20:80 url=http://reflector.example/ front=front.example";
        Assert.Single(await AskAsync(Meek(meek.Port) with { MeekBridge = line }));

        Assert.All(other.Asked, asked => Assert.Equal("front.example:80", asked));
        Assert.NotEmpty(other.Asked);
        Assert.All(other.Credentials, credentials => Assert.Equal("user:pass:word", credentials));
        Assert.All(meek.Hosts, host => Assert.Equal("reflector.example", host));
        Assert.Empty(Processes());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_meek_server_that_is_not_there_is_told_and_leaves_no_transport()
    {
        _settings = new TorSettings { TransportExecutables = [Requires.Obfs4Proxy()] };
        var before = Folders();
        var problem = await RefusedAsync(Meek(1));
        Assert.Equal(ProblemCodes.BridgesNotFound, problem.Code);
        Assert.StartsWith($"The circumvention service at {Source}/circumvention/ can't be", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(Processes());
        Assert.Equal(before, Folders());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_question_that_is_given_up_leaves_no_transport()
    {
        var program = Requires.Obfs4Proxy();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _api.Answers["settings"] = context =>
        {
            asked.TrySetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        await using var meek = await MeekStandIn.StartAsync(_api.Port);
        _settings = new TorSettings { TransportExecutables = [program] };
        var before = Folders();
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var asking = AskAsync(Meek(meek.Port), giveUp.Token);
        await asked.Task.WaitAsync(Cancel);
        Assert.NotEmpty(Processes());

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.Empty(Processes());
        Assert.Equal(before, Folders());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_program_that_is_no_transport_is_told_and_leaves_nothing()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: the program is a shell script");
            return;
        }

        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var before = Folders();
            foreach (var (script, reason) in new[]
            {
                ("echo nonsense; echo broken >&2", "ended at once: broken"),
                ("echo VERSION-ERROR no-version; cat", "answered: VERSION-ERROR no-version"),
                ("echo VERSION 1; echo CMETHODS DONE; cat", "does not know the transport meek_lite"),
                ("echo CMETHOD meek_lite socks5 192.0.2.1:1; cat", "opened no port on this machine, but 192.0.2.1:1"),
                ("echo CMETHOD-ERROR meek_lite no such; cat", "answered: CMETHOD-ERROR meek_lite no such"),
            })
            {
                var program = Path.Combine(folder.FullName, "obfs4proxy");
                await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n", Cancel);
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                _settings = new TorSettings { TransportExecutables = [program] };
                var problem = await RefusedAsync(Meek(1));
                Assert.Equal((ProblemCodes.TransportNotFound, $"The transport program {program} {reason}."), (problem.Code, problem.Detail));
            }

            Assert.Equal(before, Folders());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("obfs4 192.0.2.7:443 74FAD13168806246602538555B5521A0383A1875 cert=ssH+9rP8dG2NLDN2XuFw63hIO/9MNNinLmxQDpVa+7kTOa9/m+tGWT1SmSYpQ9uTBGa6Hw iat-mode=0", "is one of another transport")]
    [InlineData("meek_lite 192.0.2.20:80", "can't be used: it has no url=")]
    [InlineData("meek_lite 192.0.2.20:80 url=http://a.example/\nfront=b", "can't be used: it has a character")]
    public async Task A_meek_bridge_line_that_is_none_is_refused(string line, string reason)
    {
        var problem = await RefusedAsync(new BridgeRequest { Route = BridgeRequestRoute.Meek, OutsideTor = true, MeekBridge = line });
        Assert.Equal(ProblemCodes.InvalidRequest, problem.Code);
        Assert.Contains(reason, problem.Detail, StringComparison.Ordinal);
    }

    private static BridgeRequest Meek(int port) => new()
    {
        Route = BridgeRequestRoute.Meek,
        OutsideTor = true,
        MeekBridge = $"meek_lite 192.0.2.20:80 url=http://127.0.0.1:{port}/",
    };

    // Those this test process started: others may run here for other reasons.
    private static string[] Processes() => [.. Process.GetProcessesByName("obfs4proxy").Where(process => Parent(process.Id) == Environment.ProcessId).Select(process => process.ProcessName)];

    private static int Parent(int process)
    {
        try
        {
            return OperatingSystem.IsLinux() ? int.Parse(File.ReadAllText($"/proc/{process}/stat").Split(' ')[3], null) : Environment.ProcessId;
        }
        catch (IOException)
        {
            return 0; // gone
        }
    }

    private static string[] Folders() => [.. Directory.GetDirectories(Path.GetTempPath(), $"onionshare-transport-{Environment.ProcessId}-*").Order(StringComparer.Ordinal)];

    private void AssertNothingAsked()
    {
        Assert.Empty(_tor.Asked);
        Assert.Empty(_proxy.Asked);
        Assert.Empty(_api.Asked);
    }

    private Task<IReadOnlyList<BridgeOffer>> AskAsync(BridgeRequest request, CancellationToken? cancel = null, ITor? tor = null, bool trust = true) =>
        new BridgeInquiry(tor ?? TorAt.Socks(_tor.Port), () => _settings, NullLogger.Instance) { Limit = Until.Limit, Roots = trust ? _api.Roots : null }
            .AskAsync(request with { Source = request.Source ?? Source }, cancel ?? Cancel);

    private async Task<Problem> RefusedAsync(BridgeRequest request, ITor? tor = null, bool trust = true) =>
        (await Assert.ThrowsAsync<ProblemException>(() => AskAsync(request, null, tor, trust))).Problem;
}

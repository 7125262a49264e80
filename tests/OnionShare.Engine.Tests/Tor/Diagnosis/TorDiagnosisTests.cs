using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Tor.Circumvention;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Diagnosis;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Diagnosis;

/// <summary>The diagnosis over a tor in memory, whose SOCKS port leads straight to the onion's own.</summary>
public sealed class TorDiagnosisTests : IAsyncDisposable
{
    private const string Done = """650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY="Done" """;

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare diagnosis ").FullName;
    private readonly ManualTime _time = new();
    private readonly List<string> _users = [];
    private readonly InMemoryTors _tors;
    private readonly ProxyStandIn _socks;
    private readonly TorHost _host;
    private readonly TorConnector _connector;
    private readonly TorDiagnosis _diagnosis;
    private readonly TorSettings _settings = new()
    {
        Connection = TorConnectionType.ControlEndpoint,
        ControlEndpoint = "127.0.0.1:1",
        Bridges = [],
        TransportExecutables = [],
        ReachableAddresses = [],
        Torrc = [],
    };

    public TorDiagnosisTests()
    {
        _socks = new ProxyStandIn(() => OnionPorts()[^1]);
        _tors = new InMemoryTors { Time = _time, Socks = $"127.0.0.1:{_socks.Port}", Prepare = tor => Consensus(tor, TimeSpan.FromMinutes(-10), TimeSpan.FromHours(3)) };
        _host = new TorHost(() => _settings, _ => _tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Never, _ => { }, NullLogger.Instance, _time);
        _connector = new TorConnector(_host, new TorSettingsStore(_folder, new StoreDisk()), () => _users, (_, _) => Task.CompletedTask, NullLogger.Instance);
        _diagnosis = new TorDiagnosis(_host, _connector, new TorOptions { StateFolder = _folder }, () => _settings, _time) { HasNetwork = () => true };
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _socks.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task All_checks_come_in_their_order_and_nothing_is_left_of_them()
    {
        var checks = await AllAsync();
        Assert.Equal(CheckNames.All, checks.Select(check => check.Name));
        Assert.Equal(
            [TorCheckResult.Skipped, .. Enumerable.Repeat(TorCheckResult.Passed, 6)],
            checks.Select(check => check.Result));
        Assert.Equal("The engine runs no tor program itself: it uses the tor at memory.", checks[0].Detail);
        Assert.Equal("The clock fits the consensus of the Tor network, which holds from 11:50 to 15:00 UTC.", Of(checks, "clock").Detail);
        Assert.Empty(_tors.Opened[0].Onions);
        Assert.Equal([$"{ObedientTor.ServiceId(ObedientTor.Key(0)["ED25519-V3:".Length..])}.onion:80"], _socks.Asked);
        Assert.Matches("^onionshare-test:[0-9A-F]{16}$", Assert.Single(_socks.Credentials));
        AssertClosed();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_was_off_is_off_afterwards_and_one_that_was_on_stays_on()
    {
        await AllAsync();
        Assert.Equal((TorState.Off, 1), (_host.Status.State, _tors.TakenDown));

        await _host.ConnectAsync(Cancel);
        await AllAsync();
        Assert.Equal((TorState.Connected, 1), (_host.Status.State, _tors.TakenDown));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_a_service_or_a_person_has_come_to_need_meanwhile_is_left_on()
    {
        await foreach (var check in _diagnosis.RunAsync(Cancel))
        {
            if (check.Name == "control")
                _users.Add("a service");
        }

        Assert.Equal((TorState.Connected, 0), (_host.Status.State, _tors.TakenDown));
        _users.Clear();
        await _host.ReleaseAsync();

        var last = _connector.Requests;
        var connecting = Task.CompletedTask;
        await foreach (var check in _diagnosis.RunAsync(Cancel))
        {
            if (check.Name == "control")
                connecting = _connector.ConnectAsync(Cancel);
        }

        await connecting;
        Assert.Equal(last + 1, _connector.Requests);
        Assert.Equal(TorState.Connected, _host.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_at_once_do_not_hinder_each_other_and_the_last_one_puts_tor_off()
    {
        await using var second = _diagnosis.RunAsync(Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await second.MoveNextAsync());

        Assert.DoesNotContain(await AllAsync(), check => check.Result == TorCheckResult.Failed);
        Assert.Equal(TorState.Connected, _host.Status.State);

        while (await second.MoveNextAsync())
            Assert.NotEqual(TorCheckResult.Failed, second.Current.Result);
        Assert.Single(_tors.Opened);
        Assert.Equal(TorState.Off, _host.Status.State);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("descriptor")]
    [InlineData("control")]
    public async Task Who_stops_reading_leaves_nothing_behind(string last)
    {
        await foreach (var check in _diagnosis.RunAsync(Cancel))
        {
            if (check.Name == last)
                break;
        }

        Assert.Empty(_tors.Opened[0].Onions);
        Assert.Equal(TorState.Off, _host.Status.State);
        AssertClosed();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cancelled_publishing_leaves_nothing_behind()
    {
        _tors.Prepare = tor => tor.Uploads = _ => false;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var running = AllAsync(giveUp.Token);
        await Until.TrueAsync(() => _tors.Opened is [{ Onions.Count: 1 }]);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(_tors.Opened[0].Onions);
        Assert.Equal(TorState.Off, _host.Status.State);
        AssertClosed();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_control_port_that_does_not_let_in_is_told_with_what_to_do_and_the_rest_is_skipped()
    {
        _tors.Failure = new ProblemException(ProblemCodes.TorControl, "The tor at 127.0.0.1:1 asks for a password.", "Set it.");
        var checks = await AllAsync();
        Assert.Equal(CheckNames.All, checks.Select(check => check.Name));
        Assert.Equal((TorCheckResult.Failed, "The tor at 127.0.0.1:1 asks for a password.", "Set it."), (checks[2].Result, checks[2].Detail, checks[2].Advice));
        Assert.Equal("The engine was to use the tor at 127.0.0.1:1.", checks[0].Detail);
        Assert.All(checks.Skip(3), check => Assert.Equal((TorCheckResult.Skipped, "Not looked at, because tor can't be used."), (check.Result, check.Detail)));
        Assert.Equal(TorState.Off, _host.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failure_of_before_is_not_told_as_one_of_now()
    {
        _tors.Failure = new ProblemException(ProblemCodes.TorControl, "Nothing listens.");
        await AllAsync();
        await Assert.ThrowsAsync<ProblemException>(() => _host.ConnectAsync(Cancel));
        _tors.Failure = null;
        Assert.DoesNotContain(await AllAsync(), check => check.Result == TorCheckResult.Failed);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_clock_that_tor_finds_wrong_is_a_warning_when_tor_gets_connected_all_the_same()
    {
        Bootstrapping();
        var running = AllAsync();
        await StartedAsync();
        await _tors.Opened[0].SendAsync("650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=7200 SOURCE=OR:192.0.2.1:9001");
        await _tors.Opened[0].SendAsync(Done);

        var clock = Of(await running, "clock");
        Assert.Equal((TorCheckResult.Warning, "This computer's clock is 2 hours ahead of the Tor network's. It shows 2026-03-28 12:00 UTC."), (clock.Result, clock.Detail));
        Assert.StartsWith("Set the clock", clock.Advice, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-5400 SOURCE=CONSENSUS", "This computer's clock is 90 minutes behind the Tor network's. It shows 2026-03-28 12:00 UTC.")]
    [InlineData("650 WARN Received a bad CERTS cell: At least one certificate expired.", "To tor the relays' certificates seem to be of another time: this computer's clock must be days off. It shows 2026-03-28 12:0")]
    public async Task A_clock_that_keeps_tor_from_connecting_is_a_failure_and_the_reason(string line, string detail)
    {
        Bootstrapping();
        var running = AllAsync();
        await StartedAsync();
        await _tors.Opened[0].SendAsync(line);
        await StandStillAsync(running);

        var checks = await running;
        Assert.Equal(TorCheckResult.Failed, Of(checks, "clock").Result);
        Assert.StartsWith(detail, Of(checks, "clock").Detail, StringComparison.Ordinal);
        Assert.Contains("The clock is wrong", Of(checks, "bootstrap").Detail, StringComparison.Ordinal);
        Assert.Equal(TorCheckResult.Skipped, Of(checks, "descriptor").Result);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(2, 5, TorCheckResult.Warning, "This computer's clock is at least 2 hours behind the Tor network's. It shows 2026-03-28 12:00 UTC.")]
    [InlineData(-10, -2, TorCheckResult.Warning, "This computer's clock is at least 2 hours ahead of the Tor network's, or tor gets no new consensus. It shows 2026-03-28 12:00 UTC.")]
    [InlineData(-4, -0.5, TorCheckResult.Passed, "The clock fits the consensus of the Tor network, which holds from 08:00 to 11:30 UTC.")]
    public async Task The_clock_is_compared_with_the_consensus_when_tor_itself_has_said_nothing(double from, double to, TorCheckResult result, string detail)
    {
        _tors.Prepare = tor => Consensus(tor, TimeSpan.FromHours(from), TimeSpan.FromHours(to));
        var clock = Of(await AllAsync(), "clock");
        Assert.Equal((result, detail), (clock.Result, clock.Detail));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_stands_still_in_trouble_is_told_with_its_own_reason()
    {
        Bootstrapping();
        var running = AllAsync();
        await StartedAsync();
        await _tors.Opened[0].SendAsync("""650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="No route to host" REASON=NOROUTE COUNT=3 RECOMMENDATION=warn HOSTADDR="192.0.2.1:9001" """);
        await StandStillAsync(running);

        var bootstrap = Of(await running, "bootstrap");
        Assert.Equal(TorCheckResult.Failed, bootstrap.Result);
        Assert.StartsWith("tor stands still at 5 % (Connecting to a relay), for 3", bootstrap.Detail, StringComparison.Ordinal);
        Assert.Contains("There is no way to the internet from here (192.0.2.1:9001): No route to host.", bootstrap.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_gets_on_is_given_the_time_it_needs()
    {
        Bootstrapping();
        var running = AllAsync();
        await StartedAsync();
        for (var percent = 15; percent < 100; percent += 17)
        {
            await _tors.Opened[0].SendAsync($"""650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS={percent} TAG=conn SUMMARY="Slow" WARNING="Timeout" REASON=TIMEOUT COUNT=1 RECOMMENDATION=warn""");
            await Until.TrueAsync(() => _host.Status.BootstrapPercent == percent);
            await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(30)));
            _time.Advance(TimeSpan.FromSeconds(29));
            Assert.False(running.IsCompleted);
        }

        await _tors.Opened[0].SendAsync(Done);
        Assert.DoesNotContain(await running, check => check.Result == TorCheckResult.Failed);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_time_on_the_way_to_the_network_is_the_bootstraps_not_the_clocks()
    {
        Bootstrapping();
        var running = AllAsync();
        await StartedAsync();
        _time.Advance(TimeSpan.FromSeconds(8));
        await _tors.Opened[0].SendAsync(Done);

        var checks = await running;
        Assert.Equal((TimeSpan.Zero, TimeSpan.FromSeconds(8)), (Of(checks, "clock").Elapsed, Of(checks, "bootstrap").Elapsed));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_ends_on_the_way_is_told()
    {
        Bootstrapping();
        var running = AllAsync();
        await StartedAsync();
        _tors.Failure = new ProblemException(ProblemCodes.TorControl, "Gone.");
        _tors.Opened[0].Break();
        var bootstrap = Of(await running, "bootstrap");
        Assert.Equal(TorCheckResult.Failed, bootstrap.Result);
        Assert.NotNull(bootstrap.Advice);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_refuses_the_onion_is_told_and_nobody_visits()
    {
        _tors.Prepare = tor => tor.Refuse = command => command.StartsWith("ADD_ONION", StringComparison.Ordinal) ? "551 Forbidden" : null;
        var checks = await AllAsync();
        Assert.Equal(TorCheckResult.Failed, Of(checks, "descriptor").Result);
        Assert.StartsWith("tor refused to publish the onion service: 551 Forbidden", Of(checks, "descriptor").Detail, StringComparison.Ordinal);
        Assert.Equal((TorCheckResult.Skipped, "Not looked at, because no onion service could be published."), (checks[6].Result, checks[6].Detail));
        Assert.Empty(_socks.Asked);
        AssertClosed();
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_SOCKS_port_the_round_trip_is_skipped_with_what_to_do()
    {
        _tors.Socks = null;
        var trip = Of(await AllAsync(), "round-trip");
        Assert.Equal((TorCheckResult.Skipped, "Say where it is (Set-OnionTor -SocksEndpoint)."), (trip.Result, trip.Advice));
    }

    [Fact(Timeout = 120_000)]
    public async Task An_onion_that_can_not_be_visited_is_tried_for_a_while_and_then_told()
    {
        await using var refusing = new ProxyStandIn(1) { Refusal = (0xF2, "") };
        _tors.Socks = $"127.0.0.1:{refusing.Port}";
        var running = AllAsync();
        for (var attempt = 1; attempt <= 30; attempt++)
        {
            await Until.TrueAsync(() => refusing.Asked.Count == attempt && _time.Awaits(TimeSpan.FromSeconds(3)));
            _time.Advance(TimeSpan.FromSeconds(3));
        }

        var trip = Of(await running, "round-trip");
        Assert.Equal(
            (TorCheckResult.Failed, "The onion service is published, but could not be visited within 90 s: tor can't reach the onion service's introduction points."),
            (trip.Result, trip.Detail));
        Assert.Single(refusing.Credentials.Distinct());
        AssertClosed();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_control_port_that_is_open_to_everybody_is_a_warning()
    {
        _tors.Login = ControlMethod.Nothing;
        var control = Of(await AllAsync(), "control");
        Assert.Equal(TorCheckResult.Warning, control.Result);
        Assert.Contains("CookieAuthentication 1", control.Advice, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_does_not_answer_is_told_and_not_given_up_for_that()
    {
        await _host.ConnectAsync(Cancel);
        _tors.Opened[0].Mute = true;
        var running = AllAsync();
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(10)); // for its opinion on its version
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(10));

        var checks = await running;
        Assert.Equal((TorCheckResult.Failed, "tor does not answer (memory)."), (checks[2].Result, checks[2].Detail));
        Assert.All(checks.Skip(3), check => Assert.Equal(TorCheckResult.Skipped, check.Result));
        Assert.False(_host.Present!.Ended.IsCompleted);
        _tors.Opened[0].Mute = false;
    }

    private async Task<List<TorCheck>> AllAsync(CancellationToken? cancel = null)
    {
        var checks = new List<TorCheck>();
        await foreach (var check in _diagnosis.RunAsync(cancel ?? Cancel))
            checks.Add(check);
        return checks;
    }

    private static TorCheck Of(IEnumerable<TorCheck> checks, string name) => checks.Single(check => check.Name == name);

    private void Bootstrapping()
    {
        var before = _tors.Prepare;
        _tors.Prepare = tor =>
        {
            before(tor);
            tor.Phase = "NOTICE BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY=\"Handshaking with a relay\"";
        };
    }

    // Until the diagnosis has asked for warnings and waits for tor to get on.
    private Task StartedAsync() => Until.TrueAsync(() =>
        _tors.Opened is [{ } tor] && tor.Commands.Any(command => command.EndsWith(" WARN", StringComparison.Ordinal)) && _time.Awaits(TimeSpan.FromSeconds(120)));

    private async Task StandStillAsync(Task running)
    {
        for (var second = 0; second < 200 && !running.IsCompleted; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(1, Cancel);
        }
    }

    private void Consensus(ObedientTor tor, TimeSpan from, TimeSpan to) => tor.Refuse = command => command switch
    {
        "GETINFO consensus/valid-after" => Value("consensus/valid-after", from),
        "GETINFO consensus/valid-until" => Value("consensus/valid-until", to),
        _ => null,
    };

    private string Value(string key, TimeSpan offset) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"250-{key}={_time.GetUtcNow() + offset:yyyy-MM-dd HH:mm:ss}\r\n250 OK");

    private int[] OnionPorts() =>
        [.. _tors.Opened.SelectMany(tor => tor.Commands).Where(command => command.StartsWith("ADD_ONION", StringComparison.Ordinal))
            .Select(command => int.Parse(command[(command.LastIndexOf(':') + 1)..], null))];

    // The responder's port, wherever one was opened, does not listen any more.
    private void AssertClosed()
    {
        foreach (var port in OnionPorts())
        {
            using var client = new TcpClient();
            Assert.Throws<SocketException>(() => client.Connect(IPAddress.Loopback, port));
        }
    }
}

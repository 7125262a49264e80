using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>Connecting with other settings and back, over tors in memory: one way each for ports 1, 2 and 3.</summary>
public sealed class TorConnectorTests : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare connector ").FullName;
    private readonly ManualTime _time = new();
    private readonly Dictionary<string, InMemoryTors> _ways = [];
    private readonly List<string> _users = [];
    private readonly TorSettingsStore _settings;
    private readonly TorHost _host;
    private readonly TorConnector _connector;

    public TorConnectorTests()
    {
        foreach (var way in new[] { "127.0.0.1:1", "127.0.0.1:2", "127.0.0.1:3" })
            _ways.Add(way, new InMemoryTors { Time = _time });
        _settings = new TorSettingsStore(_folder, new StoreDisk());
        _host = new TorHost(
            () => _settings.Current, settings => _ways[settings.ControlEndpoint!], TimeSpan.FromMinutes(5), HeartbeatTimes.Never,
            _settings.Connected, NullLogger.Instance, _time);
        _connector = new TorConnector(_host, _settings, () => _users, (_, _) => Task.CompletedTask, NullLogger.Instance);
        Set(1);
    }

    private InMemoryTors First => _ways["127.0.0.1:1"];

    private InMemoryTors Second => _ways["127.0.0.1:2"];

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 120_000)]
    public async Task Settings_that_connect_are_kept_note_of()
    {
        Assert.Equal(TorState.Connected, (await _connector.ConnectAsync(Cancel)).State);
        Assert.True(new TorSettingsStore(_folder, new StoreDisk()).Read().LastConnected!.IsSame(_settings.Current));
        await _connector.ConnectAsync(Cancel);
        Assert.Single(First.Opened);
    }

    [Fact(Timeout = 120_000)]
    public async Task Changed_settings_are_used_when_next_connected_and_services_come_back_at_their_address()
    {
        await using var onion = await PublishAsync();
        var address = onion.Address;
        Set(2);
        Assert.Empty(Second.Opened);
        Assert.True(onion.IsPublished);

        await _connector.ConnectAsync(Cancel);
        await Until.TrueAsync(() => onion.IsPublished);

        Assert.Equal(address, onion.Address);
        Assert.Equal([onion.PrivateKey], Second.Opened[0].Onions.Values);
        Assert.Equal(1, First.TakenDown);
    }

    [Fact(Timeout = 120_000)]
    public async Task Settings_that_do_not_connect_are_taken_back_and_the_problem_says_both()
    {
        await using var onion = await PublishAsync();
        Set(2);
        Second.Failure = new ProblemException(ProblemCodes.TorControl, "Nothing listens.", "Start it.");

        var problem = (await Assert.ThrowsAsync<ProblemException>(() => _connector.ConnectAsync(Cancel))).Problem;

        Assert.Equal(ProblemCodes.TorFellBack, problem.Code);
        Assert.Equal("Nothing listens. The last settings that connected are in use again: the tor at 127.0.0.1:1.", problem.Detail);
        Assert.Equal("Start it.", problem.Advice);
        Assert.Equal("127.0.0.1:1", _settings.Current.ControlEndpoint);
        Assert.Equal("127.0.0.1:1", new TorSettingsStore(_folder, new StoreDisk()).Read().Settings.ControlEndpoint);
        Assert.Equal(TorState.Connected, _host.Status.State);
        await Until.TrueAsync(() => onion.IsPublished);
    }

    [Fact(Timeout = 120_000)]
    public async Task Settings_that_do_not_get_to_the_network_in_time_are_taken_back_too()
    {
        await _connector.ConnectAsync(Cancel);
        await _connector.ChangeAsync(new JsonObject { ["controlEndpoint"] = "127.0.0.1:2", ["connectTimeout"] = "00:00:40" }, Cancel);
        Second.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY=\"Handshaking\"";
        var connecting = _connector.ConnectAsync(Cancel);
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 14 && _time.Awaits(TimeSpan.FromSeconds(40)));
        _time.Advance(TimeSpan.FromSeconds(40));

        var problem = (await Assert.ThrowsAsync<ProblemException>(() => connecting)).Problem;

        Assert.Equal(ProblemCodes.TorFellBack, problem.Code);
        Assert.StartsWith("tor is not connected to the Tor network after 40 s. It is at 14 %: Handshaking. The last settings", problem.Detail, StringComparison.Ordinal);
        Assert.Equal(1, Second.TakenDown);
    }

    [Fact(Timeout = 120_000)]
    public async Task Where_no_settings_ever_connected_there_is_nothing_to_take_back()
    {
        First.Failure = new ProblemException(ProblemCodes.TorControl, "Nothing listens.");
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => _connector.ConnectAsync(Cancel))).Problem;
        Assert.Equal((ProblemCodes.TorControl, "Nothing listens."), (problem.Code, problem.Detail));
        Assert.Equal(TorState.Failed, _host.Status.State);
        First.Failure = null;
        Assert.Equal(TorState.Connected, (await _connector.ConnectAsync(Cancel)).State);
    }

    [Fact(Timeout = 120_000)]
    public async Task When_the_last_ones_fail_too_the_new_ones_stay_set_and_the_problem_says_both()
    {
        await _connector.ConnectAsync(Cancel);
        Set(2);
        First.Failure = new ProblemException(ProblemCodes.TorControl, "First is gone.");
        Second.Failure = new ProblemException(ProblemCodes.TorControl, "Second is none.");
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => _connector.ConnectAsync(Cancel))).Problem;
        Assert.Equal("Second is none. Nor do the last settings that connected, the tor at 127.0.0.1:1: First is gone.", problem.Detail);
        Assert.Equal("127.0.0.1:2", _settings.Current.ControlEndpoint);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_that_connect_at_once_share_one_attempt_and_its_outcome()
    {
        await _connector.ConnectAsync(Cancel);
        Set(2);
        Second.Failure = new ProblemException(ProblemCodes.TorControl, "Nothing listens.");
        First.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=50 TAG=x SUMMARY=\"Loading\"";
        var both = new[] { _connector.ConnectAsync(Cancel), _connector.ConnectAsync(Cancel) };
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 50);
        await First.Opened[1].SendAsync("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"");
        foreach (var one in both)
            Assert.Equal(ProblemCodes.TorFellBack, (await Assert.ThrowsAsync<ProblemException>(() => one)).Problem.Code);
        Assert.Equal(2, First.Opened.Count);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_gives_up_waiting_lets_tor_go_unless_another_waits_or_services_need_it()
    {
        First.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=50 TAG=x SUMMARY=\"Loading\"";
        using var giveUp = new CancellationTokenSource();
        using var giveUpToo = new CancellationTokenSource();
        var (one, other) = (_connector.ConnectAsync(giveUp.Token), _connector.ConnectAsync(giveUpToo.Token));
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 50);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        Assert.Equal(TorState.Bootstrapping, _host.Status.State);

        await giveUpToo.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => other);
        Assert.Equal(TorState.Off, _host.Status.State);
        Assert.Equal(1, First.TakenDown);

        _users.Add("inbox");
        using var again = new CancellationTokenSource();
        var third = _connector.ConnectAsync(again.Token);
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 50);
        await again.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        await First.Opened[1].SendAsync("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"");
        await Until.TrueAsync(() => _host.Status.State == TorState.Connected);
    }

    [Fact(Timeout = 120_000)]
    public async Task Disconnecting_what_services_need_is_refused_and_forced_it_takes_them_off_until_somebody_connects()
    {
        await using var onion = await PublishAsync();
        _users.AddRange(["inbox", "site"]);
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => _connector.DisconnectAsync(force: false))).Problem;
        Assert.Equal((ProblemCodes.TorInUse, 409, "'inbox', 'site' need tor."), (problem.Code, problem.Status, problem.Detail));
        Assert.True(onion.IsPublished);

        Assert.Equal(TorState.Off, (await _connector.DisconnectAsync(force: true)).State);
        Assert.False(onion.IsPublished);
        Assert.Single(First.Opened);
        Assert.Equal(TorState.Off, (await _connector.DisconnectAsync(force: false)).State);

        await _connector.ConnectAsync(Cancel);
        await Until.TrueAsync(() => onion.IsPublished);
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_waits_for_a_connection_that_is_let_go_hears_of_it_and_nothing_is_taken_back()
    {
        await _connector.ConnectAsync(Cancel);
        Set(2);
        Second.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=50 TAG=x SUMMARY=\"Loading\"";
        var connecting = _connector.ConnectAsync(Cancel);
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 50);
        await _connector.DisconnectAsync(force: true);
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => connecting)).Problem;
        Assert.Equal("tor was disconnected before it had reached the Tor network.", problem.Detail);
        Assert.Equal("127.0.0.1:2", _settings.Current.ControlEndpoint);
        Assert.Equal(TorState.Off, _host.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_service_that_is_just_being_published_when_tor_is_let_go_does_not_bring_it_back()
    {
        First.Prepare = tor => tor.Uploads = _ => false;
        var publishing = _host.PublishAsync(OnionAt.Port(1), Cancel);
        await Until.TrueAsync(() => First.Opened is [{ Onions.Count: 1 }]);
        await _connector.DisconnectAsync(force: true);
        Assert.Equal(TorState.Off, _host.Status.State);
        First.Prepare = _ => { };
        Assert.False(publishing.IsCompleted);
        Assert.Single(First.Opened);

        await _connector.ConnectAsync(Cancel);
        await using var onion = await publishing;
        Assert.True(onion.IsPublished);
    }

    private void Set(int port) =>
        _settings.Change(settings => TorSettingsPatch.Apply(settings, new JsonObject { ["controlEndpoint"] = $"127.0.0.1:{port}" }));

    private Task<IOnion> PublishAsync() => _host.PublishAsync(OnionAt.Port(17600), Cancel);
}

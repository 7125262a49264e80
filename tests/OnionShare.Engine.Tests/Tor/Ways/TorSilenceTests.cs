using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Ways;

/// <summary>A tor that falls silent, and what tor says of the clock, over tors in memory.</summary>
public sealed class TorSilenceTests : IAsyncDisposable
{
    private readonly InMemoryTors _tors = new();
    private readonly ManualTime _time = new();
    private readonly TorHost _host;
    private readonly List<TorStatus> _told = [];

    public TorSilenceTests()
    {
        _tors.Time = _time;
        _host = new TorHost(() => new TorSettings(), _ => _tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Usual, _ => { }, NullLogger.Instance, _time);
        _host.StatusChanged += _told.Add;
    }

    private ObedientTor Tor => _tors.Opened[^1];

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_answers_is_asked_again_and_again_and_nothing_is_told()
    {
        await _host.ConnectAsync(Cancel);
        var told = _told.Count;
        for (var round = 2; round < 8; round++)
        {
            await AskedAsync(round);
            Assert.Equal(TorState.Connected, _host.Status.State);
        }

        Assert.Equal(told, _told.Count);
        Assert.Single(_tors.Opened);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_silent_tor_is_told_of_and_when_it_answers_again_all_is_as_before()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        var changes = new List<bool>();
        onion.PublishedChanged += changes.Add;

        await FallSilentAsync();

        Assert.Equal(TorState.Lost, _host.Status.State);
        Assert.Equal("tor does not answer (memory).", _host.Status.Error?.Detail);
        Assert.False(onion.IsPublished);

        Tor.Mute = false;
        await Until.TrueAsync(() => _host.Status.State == TorState.Connected && onion.IsPublished);
        Assert.Null(_host.Status.Error);
        Assert.Equal([false, true], changes);
        Assert.Single(_tors.Opened);
        Assert.Single(Tor.Commands, command => command.StartsWith("ADD_ONION", StringComparison.Ordinal));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_service_that_begins_while_tor_is_silent_waits_for_it()
    {
        await _host.ConnectAsync(Cancel);
        await FallSilentAsync();
        var publishing = _host.PublishAsync(OnionAt.Port(17600), Cancel);
        Assert.DoesNotContain(Tor.Commands, command => command.StartsWith("ADD_ONION", StringComparison.Ordinal));
        Tor.Mute = false;
        await using var onion = await publishing;
        Assert.True(onion.IsPublished);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_service_that_is_stopped_while_tor_is_silent_is_not_held_up_and_does_not_come_back()
    {
        await using var stays = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        var goes = await _host.PublishAsync(OnionAt.Port(17601), Cancel);
        await FallSilentAsync();
        await goes.DisposeAsync();
        _time.Advance(TimeSpan.FromSeconds(61)); // as long as any other answer is waited for
        Tor.Mute = false;
        await Until.TrueAsync(() => stays.IsPublished && Tor.Onions.Count == 1);
        Assert.Equal([stays.PrivateKey], Tor.Onions.Values);
        Assert.Single(_tors.Opened);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_stays_silent_is_given_up_and_the_next_has_the_onion()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        await FallSilentAsync();
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromMinutes(2)));
        _time.Advance(TimeSpan.FromMinutes(2));
        await Until.TrueAsync(() => _tors.Opened.Count == 2 && onion.IsPublished);
        Assert.Contains(_told, status => status is { State: TorState.Lost, Error.Detail: "tor has not answered for 135 s." });
        Assert.Equal(1, _tors.TakenDown);
        Assert.Equal([onion.PrivateKey], Tor.Onions.Values);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_falls_silent_while_it_connects_is_told_of_and_goes_on_where_it_was()
    {
        _tors.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=50 TAG=x SUMMARY=\"Loading\"";
        var connecting = _host.ConnectAsync(Cancel);
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 50);
        await FallSilentAsync();
        Assert.Equal(TorState.Lost, _host.Status.State);
        Tor.Phase = "NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"";
        Tor.Mute = false;
        await connecting;
        Assert.Equal(TorState.Connected, _host.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_wrong_clock_is_told_with_advice_until_somebody_sets_it()
    {
        await _host.ConnectAsync(Cancel);
        await Tor.SendAsync("650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=-7260 SOURCE=\"DIRSERV:127.0.0.1:1\"");
        await Until.TrueAsync(() => _host.Status.Error is not null);
        Assert.Equal(
            (ProblemCodes.TorClock, "This computer's clock is 2 hours behind the Tor network's.", TorState.Connected),
            (_host.Status.Error!.Code, _host.Status.Error.Detail, _host.Status.State));
        Assert.StartsWith("Set the clock", _host.Status.Error.Advice, StringComparison.Ordinal);

        await AskedAsync(2);
        Assert.NotNull(_host.Status.Error);
        _time.Set(TimeSpan.FromHours(2));
        await AskedAsync(3);
        await Until.TrueAsync(() => _host.Status.Error is null);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_connection_that_does_not_come_about_because_of_the_clock_says_so()
    {
        _tors.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=30 TAG=x SUMMARY=\"Loading networkstatus consensus\"";
        var connecting = _host.ConnectAsync(Cancel);
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 30);
        await Tor.SendAsync("650 STATUS_GENERAL WARN CLOCK_SKEW SKEW=200000 MIN_SKEW=1 SOURCE=CONSENSUS");
        await Until.TrueAsync(() => _host.Status.Error is not null);
        _time.Advance(TimeSpan.FromSeconds(1));
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromMinutes(5)));
        Tor.Mute = false;
        for (var round = 0; round < 31 && !connecting.IsCompleted; round++)
        {
            var asked = Questions();
            _time.Advance(TimeSpan.FromSeconds(10));
            await Until.TrueAsync(() => connecting.IsCompleted || Questions() > asked && _time.Awaits(TimeSpan.FromSeconds(10)));
        }

        var problem = (await Assert.ThrowsAsync<ProblemException>(() => connecting)).Problem;
        Assert.Equal(ProblemCodes.TorNotConnected, problem.Code);
        Assert.EndsWith("Loading networkstatus consensus. This computer's clock is 2 days ahead of the Tor network's.", problem.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Set the clock and the time zone right", problem.Advice, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_a_jump_of_the_clock_services_are_published_anew_as_soon_as_there_are_circuits()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        var address = onion.Address;
        var changes = new List<bool>();
        onion.PublishedChanged += changes.Add;
        await Tor.SendAsync("650 STATUS_GENERAL WARN CLOCK_JUMPED TIME=10800");
        await Until.TrueAsync(() => _host.Status.Error is not null);
        Assert.Equal("This computer's clock jumped 3 hours forward, or the computer slept: tor makes its circuits anew.", _host.Status.Error!.Detail);

        await Tor.SendAsync("650 STATUS_CLIENT NOTICE CIRCUIT_ESTABLISHED");
        await Until.TrueAsync(() => changes.Count == 2);

        Assert.Equal([false, true], changes);
        Assert.Null(_host.Status.Error);
        Assert.Equal(address, onion.Address);
        Assert.Equal(2, Tor.Commands.Count(command => command.StartsWith("ADD_ONION", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_filter_that_lets_only_descriptors_through_is_enough()
    {
        _tors.Prepare = tor => tor.Refuse = command =>
            command.StartsWith("SETEVENTS STATUS", StringComparison.Ordinal) || command.StartsWith("GETINFO", StringComparison.Ordinal) || command.Contains("MaxStreams", StringComparison.Ordinal)
                ? "510 Command filtered" : null;
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        Assert.Equal(TorState.Connected, _host.Status.State);
        await onion.DrainAsync(TimeSpan.Zero, TimeSpan.Zero, Cancel);
        Assert.Contains("SETEVENTS HS_DESC", Tor.Commands);
        Assert.Contains("ADD_ONION NEW:ED25519-V3 Port=80,127.0.0.1:17600", Tor.Commands);
        await AskedAsync(2);
        Assert.Equal(TorState.Connected, _host.Status.State);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("SETEVENTS", "A filter in front of tor's control port blocks HS_DESC events, which tell when a service is published.")]
    [InlineData("ADD_ONION", "tor refused to publish the onion service: 510 Command filtered.")]
    public async Task A_filter_that_refuses_what_is_needed_is_told_of_with_what_to_allow(string command, string sentence)
    {
        _tors.Prepare = tor => tor.Refuse = asked => asked.StartsWith(command, StringComparison.Ordinal) ? "510 Command filtered" : null;
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => _host.PublishAsync(OnionAt.Port(1), Cancel))).Problem;
        Assert.Equal((ProblemCodes.TorRefused, sentence), (problem.Code, problem.Detail));
        Assert.Contains("control port filter", problem.Advice, StringComparison.Ordinal);
    }

    private int Questions() => Tor.Commands.Count(command => command == BootstrapPhase.Question);

    // The first question is asked when tor is opened.
    private async Task AskedAsync(int times)
    {
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromSeconds(10));
        await Until.TrueAsync(() => Questions() == times && _time.Awaits(TimeSpan.FromSeconds(10)));
    }

    private async Task FallSilentAsync()
    {
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(10)));
        Tor.Mute = true;
        _time.Advance(TimeSpan.FromSeconds(10));
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(15)));
        _time.Advance(TimeSpan.FromSeconds(15));
        await Until.TrueAsync(() => _host.Status.State == TorState.Lost);
    }
}

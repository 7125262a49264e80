using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>The supervisor over tors in memory.</summary>
public sealed class TorHostTests : IAsyncDisposable
{
    private readonly InMemoryTors _tors = new();
    private readonly ManualTime _time = new();
    private readonly TorHost _host;

    public TorHostTests()
    {
        _tors.Time = _time;
        _host = new TorHost(() => new TorSettings(), _ => _tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Never, _ => { }, NullLogger.Instance, _time);
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Tor_is_opened_once_however_many_need_it()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _host.ConnectAsync(Cancel)));
        Assert.Single(_tors.Opened);
        Assert.Equal(TorState.Connected, _host.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_are_asked_for_before_the_onion_is_added()
    {
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        Assert.Equal(
            ["SETEVENTS STATUS_CLIENT STATUS_GENERAL HS_DESC", "GETINFO status/bootstrap-phase", "ADD_ONION NEW:ED25519-V3 PoWDefensesEnabled=1 MaxStreams=1024 Port=80,127.0.0.1:17600"],
            _tors.Opened[0].Commands);
        Assert.Equal(ObedientTor.Key(0), onion.PrivateKey);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("0.4.9.8", " MaxStreams=1024", true)]
    [InlineData("0.4.9.9", " PoWDefensesEnabled=1 MaxStreams=1024", true)]
    [InlineData("0.4.9.11", " PoWDefensesEnabled=1 MaxStreams=1024", false)]
    [InlineData("no version", " MaxStreams=1024", false)]
    public async Task Proof_of_work_is_asked_only_of_a_tor_that_can_not_be_ended_by_it_and_a_weak_tor_is_told_of(string version, string arguments, bool weak)
    {
        _tors.Version = version;
        await using var onion = await _host.PublishAsync(OnionAt.Port(17600), Cancel);
        Assert.Equal($"ADD_ONION NEW:ED25519-V3{arguments} Port=80,127.0.0.1:17600", _tors.Opened[0].Commands.Last());
        Assert.Equal(weak, _host.Status.Weakness is not null);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_without_proof_of_work_is_asked_without_it_and_only_once()
    {
        _tors.Prepare = tor => tor.Refuse = c => c.Contains("PoW", StringComparison.Ordinal) ? "512 Bad arguments to ADD_ONION: Unrecognized argument" : null;
        await _host.PublishAsync(OnionAt.Port(1), Cancel);
        await _host.PublishAsync(OnionAt.Port(2), Cancel);
        var added = _tors.Opened[0].Commands.Where(c => c.StartsWith("ADD_ONION", StringComparison.Ordinal)).ToArray();
        Assert.Equal(3, added.Length);
        Assert.Equal("ADD_ONION NEW:ED25519-V3 MaxStreams=1024 Port=80,127.0.0.1:2", added[2]);
    }

    [Fact(Timeout = 120_000)]
    public async Task Every_onion_comes_back_at_its_address_when_tor_is_lost()
    {
        var onions = await Task.WhenAll(Enumerable.Range(1, 5).Select(n => _host.PublishAsync(OnionAt.Port(n), Cancel)));
        var addresses = onions.Select(o => o.Address).ToArray();
        var heard = onions.Select(Listen).ToArray();

        _tors.Opened[0].Break();
        await Task.WhenAll(heard.Select(h => h.Back));

        Assert.All(heard, h => Assert.Equal([false, true], h.Changes));
        Assert.Equal(addresses, onions.Select(o => o.Address));
        Assert.Equal(_tors.Opened[0].Onions.Values.Order(StringComparer.Ordinal), _tors.Opened[1].Onions.Values.Order(StringComparer.Ordinal));
        Assert.Equal(TorState.Connected, _host.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Restarts_come_slower_when_tor_ends_again_and_again()
    {
        var onion = await _host.PublishAsync(OnionAt.Port(1), Cancel);
        var (_, back) = Listen(onion);
        _tors.Opened[0].Break();
        await back;
        (_, back) = Listen(onion);
        _tors.Opened[1].Break();
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(1)));
        Assert.Equal(TorState.Lost, _host.Status.State);
        Assert.Equal(2, _tors.Opened.Count);
        Assert.False(onion.IsPublished);

        _time.Advance(TimeSpan.FromSeconds(1));
        await back;
    }

    [Fact(Timeout = 120_000)]
    public async Task They_wait_a_minute_at_the_most_and_not_at_all_after_a_tor_that_stayed()
    {
        var onion = await _host.PublishAsync(OnionAt.Port(1), Cancel);
        foreach (var seconds in new[] { 0, 1, 2, 5, 10, 30, 60, 60 })
        {
            var (_, back) = Listen(onion);
            _tors.Opened[^1].Break();
            await Until.TrueAsync(() => seconds == 0 || _time.Awaits(TimeSpan.FromSeconds(seconds)));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            await back;
        }

        _time.Advance(TimeSpan.FromSeconds(61));
        var (_, again) = Listen(onion);
        _tors.Opened[^1].Break();
        await again;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_removed_onion_does_not_come_back()
    {
        var gone = await _host.PublishAsync(OnionAt.Port(1), Cancel);
        await using var stays = await _host.PublishAsync(OnionAt.Port(2), Cancel);
        await gone.DisposeAsync();
        Assert.Equal([stays.PrivateKey], _tors.Opened[0].Onions.Values);
        var (_, back) = Listen(stays);
        _tors.Opened[0].Break();
        await back;
        Assert.Equal([stays.PrivateKey], _tors.Opened[1].Onions.Values);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cancelled_publish_leaves_no_onion()
    {
        _tors.Prepare = tor => tor.Uploads = _ => false;
        using var giveUp = new CancellationTokenSource();
        var publishing = _host.PublishAsync(OnionAt.Port(1), giveUp.Token);
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(30)));
        Assert.Single(_tors.Opened[0].Onions);

        await giveUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => publishing);
        Assert.Empty(_tors.Opened[0].Onions);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_an_upload_it_is_added_once_more_and_then_given_up()
    {
        _tors.Prepare = tor => tor.Uploads = _ => false;
        var publishing = _host.PublishAsync(OnionAt.Port(1), Cancel);
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(30)));
        _time.Advance(TimeSpan.FromSeconds(30));
        await Until.TrueAsync(() => _time.Awaits(TimeSpan.FromSeconds(90)));
        _time.Advance(TimeSpan.FromSeconds(90));

        var error = await Assert.ThrowsAsync<ProblemException>(() => publishing);
        Assert.Equal(ProblemCodes.NotPublished, error.Problem.Code);
        Assert.Equal("The onion service's descriptor was not uploaded within 120 s (UPLOAD_REJECTED).", error.Problem.Detail);
        Assert.Equal(["ADD_ONION", "DEL_ONION", "ADD_ONION", "DEL_ONION"], _tors.Opened[0].Commands.Skip(2).Select(c => c.Split(' ')[0]));
        Assert.Empty(_tors.Opened[0].Onions);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_does_not_connect_is_told_with_its_last_phase()
    {
        _tors.Prepare = tor => tor.Phase = "NOTICE BOOTSTRAP PROGRESS=10 TAG=conn_done SUMMARY=\"Connected to a relay\"";
        var connecting = _host.ConnectAsync(Cancel);
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 10);
        await _tors.Opened[0].SendAsync("650 STATUS_CLIENT WARN BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY=\"Handshaking\" WARNING=\"Connection timed out\" REASON=TIMEOUT");
        await Until.TrueAsync(() => _host.Status.BootstrapPercent == 14);
        Assert.Equal("Handshaking (stalled: Connection timed out)", _host.Status.BootstrapSummary);
        _time.Advance(TimeSpan.FromMinutes(5));

        var error = await Assert.ThrowsAsync<ProblemException>(() => connecting);
        Assert.Equal(ProblemCodes.TorNotConnected, error.Problem.Code);
        Assert.Equal("tor is not connected to the Tor network after 300 s. It is at 14 %: Handshaking (stalled: Connection timed out).", error.Problem.Detail);
        Assert.Equal(error.Problem, _host.Status.Error);

        // It goes on trying, and the next one to ask profits.
        await _tors.Opened[0].SendAsync("650 STATUS_CLIENT NOTICE BOOTSTRAP PROGRESS=100 TAG=done SUMMARY=\"Done\"");
        await _host.ConnectAsync(Cancel);
        Assert.Single(_tors.Opened);
        Assert.Null(_host.Status.Error);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_failure_to_open_is_told_and_the_next_one_to_ask_tries_again()
    {
        _tors.Failure = new ProblemException(ProblemCodes.TorNotFound, "No tor.");
        var error = await Assert.ThrowsAsync<ProblemException>(() => _host.PublishAsync(OnionAt.Port(1), Cancel));
        Assert.Equal(ProblemCodes.TorNotFound, error.Problem.Code);
        await Until.TrueAsync(() => _host.Status.State == TorState.Failed);
        _tors.Failure = null;
        await _host.ConnectAsync(Cancel);
        Assert.Equal(TorState.Connected, _host.Status.State);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("")]
    [InlineData("RSA1024:AAAA")]
    [InlineData("ED25519-V3:short")]
    [InlineData("NEW:ED25519-V3")]
    [InlineData("ED25519-V3:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA== Flags=Detach")]
    public async Task What_is_no_key_is_refused_before_tor_is_asked(string key)
    {
        var error = await Assert.ThrowsAsync<ProblemException>(() => _host.PublishAsync(OnionAt.Port(1, key), Cancel));
        Assert.Equal(ProblemCodes.InvalidRequest, error.Problem.Code);
        Assert.Empty(_tors.Opened);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_disposed_host_takes_tor_down_and_takes_no_more()
    {
        await _host.ConnectAsync(Cancel);
        await _host.DisposeAsync();
        Assert.Equal(1, _tors.TakenDown);
        Assert.Equal(TorState.Off, _host.Status.State);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _host.ConnectAsync(Cancel));
    }

    private static (List<bool> Changes, Task Back) Listen(IOnion onion)
    {
        var changes = new List<bool>();
        var back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        onion.PublishedChanged += published =>
        {
            changes.Add(published);
            if (published)
                back.TrySetResult();
        };
        return (changes, back.Task);
    }
}

using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Web;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

/// <summary>The life of a service, with a tor, a web server and a mode that do as they are told.</summary>
public sealed class OnionServiceTests : IAsyncLifetime
{
    private readonly ManualTime _clock = new();
    private readonly EventHub _events;
    private readonly ToldTor _tor = new();
    private readonly List<ToldServer> _servers = [];
    private readonly List<ToldMode> _modes = [];
    private readonly ServiceRegistry _registry;
    private readonly IEventListener _listener;
    private Exception? _serverFault;

    public OnionServiceTests()
    {
        _events = new EventHub(_clock);
        _listener = _events.Listen();
        _registry = new ServiceRegistry(
            _ =>
            {
                _modes.Add(new ToldMode());
                return _modes[^1];
            },
            (_, _, _) =>
            {
                if (_serverFault is not null) throw _serverFault;
                _servers.Add(new ToldServer());
                return Task.FromResult<IServiceServer>(_servers[^1]);
            },
            _tor,
            _events,
            _clock,
            NullLoggerFactory.Instance);
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _tor.Connected.TrySetCanceled();
        await _registry.CloseAsync(StopReason.EngineStopped, force: true);
        _listener.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task It_goes_through_its_states_in_order_and_leaves_nothing_behind()
    {
        var service = await StartAsync(Request());
        await StateAsync(service, ServiceState.Connecting);
        _tor.Connected.SetResult();
        await StateAsync(service, ServiceState.Publishing);
        _tor.Published.SetResult();
        await StateAsync(service, ServiceState.Running);
        Assert.Equal("http://onionshare:pw@abc.onion", service.Status.Url);

        service.Stop(StopReason.Requested);
        await StateAsync(service, ServiceState.Draining);
        await StateAsync(service, ServiceState.Stopped);
        await EndAsync(service);

        AssertGone();
        Assert.True(_servers[0].Flushed);
        Assert.Equal(StopReason.Requested, service.Status.StopReason);
        Assert.Null(service.Status.Port);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(ServiceState.Scheduled, false)]
    [InlineData(ServiceState.Scheduled, true)]
    [InlineData(ServiceState.Connecting, false)]
    [InlineData(ServiceState.Connecting, true)]
    [InlineData(ServiceState.Publishing, false)]
    [InlineData(ServiceState.Publishing, true)]
    public async Task A_stop_before_it_runs_ends_it_at_once_with_the_reason(ServiceState at, bool force)
    {
        var service = await StartAsync(Request() with { StartAt = at == ServiceState.Scheduled ? _clock.GetUtcNow().AddHours(1) : null });
        if (at == ServiceState.Publishing) _tor.Connected.SetResult();
        await StateAsync(service, at);

        service.Stop(StopReason.Requested, force);
        service.Stop(StopReason.OwnerEnded, force);

        await EndAsync(service);
        Assert.Equal((ServiceState.Stopped, StopReason.Requested, null), (service.Status.State, service.Status.StopReason, service.Status.Error));
        AssertGone();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_scheduled_service_starts_when_the_clock_says_so_even_if_the_computer_slept()
    {
        var service = await StartAsync(Request() with { StartAt = _clock.GetUtcNow().AddHours(8) });
        Assert.Equal(ServiceState.Scheduled, service.Status.State);
        Assert.Equal(TimeSpan.FromSeconds(30), await _clock.NextTimerAsync());
        Assert.Empty(_servers);

        _clock.Advance(TimeSpan.FromHours(9));

        await StateAsync(service, ServiceState.Connecting);
    }

    [Fact(Timeout = 120_000)]
    public async Task Its_stop_time_ends_it_also_while_it_still_waits_for_tor()
    {
        var service = await StartAsync(Request() with { StopAt = _clock.GetUtcNow().AddSeconds(10) });
        await StateAsync(service, ServiceState.Connecting);
        await _clock.NextTimerAsync();

        _clock.Advance(TimeSpan.FromSeconds(10));

        await EndAsync(service);
        Assert.Equal((ServiceState.Stopped, StopReason.TimeReached), (service.Status.State, service.Status.StopReason));
        AssertGone();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_time_it_may_run_counts_from_when_it_is_reachable()
    {
        var service = await StartAsync(Request() with { StopAfter = TimeSpan.FromSeconds(10) });
        await StateAsync(service, ServiceState.Connecting);
        _clock.Advance(TimeSpan.FromMinutes(5));
        await RunAsync(service);
        Assert.Equal(_clock.GetUtcNow().AddSeconds(10), service.Status.StopsAt);
        Assert.Equal(TimeSpan.FromSeconds(10), await _clock.NextTimerAsync());

        _clock.Advance(TimeSpan.FromSeconds(10));

        await EndAsync(service);
        Assert.Equal(StopReason.TimeReached, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task It_waits_for_transfers_and_only_a_forced_stop_cuts_them_however_often_it_was_asked_for()
    {
        var service = await StartAsync(Request());
        await RunAsync(service);
        using var transfer = service.Context.Transfers.Begin(TransferDirection.Download, "a", 10);
        service.Context.Finish(StopReason.Downloaded);
        await StateAsync(service, ServiceState.Draining);
        service.Stop(StopReason.Requested);
        service.Stop(StopReason.Requested);
        Assert.False(service.Context.Cut.IsCancellationRequested);
        Assert.False(service.Ended.IsCompleted);

        service.Stop(StopReason.Requested, force: true);

        Assert.True(service.Context.Cut.IsCancellationRequested);
        await EndAsync(service);
        AssertGone();
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_end_of_the_last_transfer_ends_the_waiting()
    {
        var service = await StartAsync(Request());
        await RunAsync(service);
        var transfer = service.Context.Transfers.Begin(TransferDirection.Download, "a", 10);
        service.Stop(StopReason.Requested);
        await StateAsync(service, ServiceState.Draining);

        transfer.Complete();

        await EndAsync(service);
        Assert.Equal(1, service.Status.CompletedTransfers);
        Assert.True(_tor.Onion.Drained);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Last_words_leave_tor_before_the_onion_goes(bool hasLastWords)
    {
        var service = await StartAsync(Request());
        await RunAsync(service);
        _modes[^1].HasLastWords = hasLastWords;

        service.Stop(StopReason.Requested);

        await EndAsync(service);
        Assert.Equal(hasLastWords, _tor.Onion.Drained);
    }

    [Fact(Timeout = 120_000)]
    public async Task Visitors_who_never_take_the_last_bytes_do_not_make_a_failure_of_it()
    {
        var service = await StartAsync(Request());
        await RunAsync(service);
        _servers[0].Flush = new TaskCompletionSource();
        service.Context.Finish(StopReason.Downloaded);
        await _clock.NextTimerAsync();

        _clock.Advance(TimeSpan.FromMinutes(5));

        await EndAsync(service);
        Assert.Equal((ServiceState.Stopped, StopReason.Downloaded), (service.Status.State, service.Status.StopReason));
        Assert.Contains("had not taken the last bytes after 5 minutes", Assert.Single(service.Status.Warnings), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_server_that_can_not_start_fails_the_service_with_its_problem()
    {
        _serverFault = new ProblemException(ProblemCodes.NoPort, "No port.");
        var service = await StartAsync(Request());
        await EndAsync(service);
        Assert.Equal((ServiceState.Failed, StopReason.Failed, ProblemCodes.NoPort), (service.Status.State, service.Status.StopReason, service.Status.Error!.Code));
        Assert.All(_modes, mode => Assert.True(mode.Disposed));
    }

    [Fact(Timeout = 120_000)]
    public async Task When_tor_goes_and_comes_it_is_disconnected_and_running_again_also_right_after_publishing()
    {
        _tor.Onion.IsPublished = false; // lost between the upload and the return
        var service = await StartAsync(Request());
        _tor.Connected.SetResult();
        _tor.Published.SetResult();
        await StateAsync(service, ServiceState.Disconnected);

        _tor.Onion.Tell(true);
        await StateAsync(service, ServiceState.Running);
        _tor.Onion.Tell(false);
        await StateAsync(service, ServiceState.Disconnected);
        service.Stop(StopReason.Requested);
        _tor.Onion.Tell(true);
        await EndAsync(service);
        Assert.Equal(ServiceState.Stopped, service.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Closing_stops_a_service_whose_start_is_under_way_and_takes_no_more()
    {
        var preparing = new TaskCompletionSource();
        var registry = new ServiceRegistry(
            _ => new ToldMode { Prepare = preparing.Task }, (_, _, _) => throw new InvalidOperationException("started"), _tor, _events, _clock, NullLoggerFactory.Instance);
        var starting = registry.StartAsync(Request(), Cancel);
        Assert.False(registry.IsIdle);
        Assert.False(registry.TryCloseIdle());

        await registry.CloseAsync(StopReason.EngineStopped, force: false);
        preparing.SetResult();

        var refused = await Assert.ThrowsAsync<ProblemException>(() => starting);
        Assert.Equal(ProblemCodes.EngineStopping, refused.Problem.Code);
        Assert.Empty(registry.All);
        Assert.True(registry.TryCloseIdle());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_chosen_name_is_free_again_when_its_service_has_ended_and_a_drawn_one_when_it_is_forgotten_after_a_hundred_others()
    {
        for (var n = 0; n < 2; n++)
        {
            var chosen = await StartAsync(Request() with { Name = "mine" });
            chosen.Stop(StopReason.Requested, force: true);
            await EndAsync(chosen);
        }

        for (var n = 0; n < ServiceRegistry.Remembered + 5; n++)
        {
            var service = await StartAsync(Request());
            if (n < ServiceRegistry.Remembered) Assert.Equal($"share-{n + 1}", service.Status.Name);
            service.Stop(StopReason.Requested, force: true);
            await EndAsync(service);
        }

        var last = await StartAsync(Request());
        Assert.Equal(ServiceRegistry.Remembered + 1, _registry.All.Count);
        Assert.Equal(_registry.All.Count, _registry.All.Select(service => service.Status.Name).Distinct().Count());
        Assert.Same(last, _registry.Find(last.Context.Id));
    }

    private static ShareRequest Request() => new() { Paths = ["/x"], Password = "pw" };

    private static Task EndAsync(Service service) => service.Ended.WaitAsync(Until.Limit, Cancel);

    private Task<Service> StartAsync(ServiceRequest request) => _registry.StartAsync(request, Cancel);

    private async Task RunAsync(Service service)
    {
        _tor.Connected.TrySetResult();
        _tor.Published.TrySetResult();
        await StateAsync(service, ServiceState.Running);
    }

    // Reads on in the events, so that the order is tested too.
    private async Task StateAsync(Service service, ServiceState state)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(Until.Limit);
        await foreach (var happened in _listener.ReadAllAsync(late.Token))
        {
            if (happened is ServiceChanged changed && changed.Service.Id == service.Context.Id && changed.Service.State == state) return;
        }
    }

    private void AssertGone()
    {
        Assert.All(_servers, server => Assert.True(server.Disposed));
        Assert.All(_modes, mode => Assert.True(mode.Disposed));
        Assert.True(!_tor.WasPublished || _tor.Onion.Disposed);
    }

    private sealed class ToldMode : IServiceMode
    {
        public bool HasLastWords { get; set; }

        public Task Prepare { get; init; } = Task.CompletedTask;

        public bool Disposed { get; private set; }

        public string DefaultTitle => "Told";

        public IReadOnlyList<string> Paths => [];

        public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken) => Prepare;

        public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
        {
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ToldServer : IServiceServer
    {
        public TaskCompletionSource? Flush { get; set; }

        public bool Flushed { get; private set; }

        public bool Disposed { get; private set; }

        public int Port => 17600;

        public Task<IPEndPoint> ListenAtAsync(IPAddress address, CancellationToken cancellationToken) => Task.FromResult(new IPEndPoint(address, Port));

        public void Serve(params IEnumerable<string> hosts)
        {
        }

        public void Guard(string? password, int guessLimit)
        {
        }

        public Task FlushAsync(CancellationToken cancellationToken)
        {
            Flushed = true;
            return Flush?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
        }

        public void Abort()
        {
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ToldOnion : IOnion
    {
        public event Action<bool>? PublishedChanged;

        public bool IsPublished { get; set; } = true;

        public bool Drained { get; private set; }

        public bool Disposed { get; private set; }

        public string Address => "abc.onion";

        public string PrivateKey => "";

        public void Tell(bool published)
        {
            IsPublished = published;
            PublishedChanged?.Invoke(published);
        }

        public Task SetClientKeysAsync(IReadOnlyList<string>? clientKeys, bool cut, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task DrainAsync(TimeSpan quiet, TimeSpan limit, CancellationToken cancellationToken)
        {
            Drained = true;
            return Task.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class ToldTor : ITor
    {
        public event Action<TorStatus>? StatusChanged
        {
            add { }
            remove { }
        }

        public TaskCompletionSource Connected { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Published { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ToldOnion Onion { get; } = new();

        public bool WasPublished { get; private set; }

        public TorStatus Status { get; } = new() { State = TorState.Off };

        public Task ConnectAsync(CancellationToken cancellationToken) => Connected.Task.WaitAsync(cancellationToken);

        public async Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken)
        {
            await Published.Task.WaitAsync(cancellationToken);
            WasPublished = true;
            return Onion;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>An engine in this process, for services on 127.0.0.1, with all its events kept.</summary>
internal sealed class LocalEngine : IAsyncDisposable
{
    private readonly IEventListener _listener;
    private readonly Task _following;
    private readonly Lock _lock = new();
    private readonly List<EngineEvent> _events = [];
    private TaskCompletionSource _more = New();

    public LocalEngine(TimeProvider? time = null)
    {
        Engine = new Engine(new EngineOptions { StateFolder = Scratch.State }, time ?? TimeProvider.System);
        _listener = Engine.Events.Listen();
        _following = Task.Run(FollowAsync);
    }

    public Scratch Scratch { get; } = new();

    public Engine Engine { get; }

    public IReadOnlyList<EngineEvent> Events
    {
        get { lock (_lock) return [.. _events]; }
    }

    public Task<Service> ShareAsync(params IReadOnlyList<string> paths) => ShareAsync(new ShareRequest { Paths = paths });

    /// <summary>Starts a service on 127.0.0.1 and waits until it runs.</summary>
    public Task<Service> ShareAsync(ShareRequest request) => StartAsync(request);

    /// <summary>Starts a service of any mode on 127.0.0.1 and waits until it runs.</summary>
    public async Task<Service> StartAsync(ServiceRequest request)
    {
        var service = await Engine.Services.StartAsync(request with { LocalOnly = true }, Cancel);
        await SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Running or ServiceState.Failed } changed && changed.Service.Id == service.Context.Id);
        Assert.Equal(ServiceState.Running, service.Status.State);
        return service;
    }

    public static Visitor Visit(Service service, string agent = "Visitor/1.0") => new(service.Status.Url!, agent);

    /// <summary>Waits until such an event has happened since the engine began.</summary>
    public async Task<EngineEvent> SeenAsync(Func<EngineEvent, bool> wanted)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        late.CancelAfter(EngineProcess.Limit);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_events.FirstOrDefault(wanted) is { } found) return found;
                more = _more.Task;
            }

            await more.WaitAsync(late.Token);
        }
    }

    /// <summary>Waits for the end of a transfer.</summary>
    public async Task<Transfer> EndOfTransferAsync(Service service, long id = 1) =>
        ((TransferChanged)await SeenAsync(happened =>
            happened is TransferChanged { Transfer.IsEnded: true } changed && changed.Transfer.Id == id && changed.Transfer.ServiceId == service.Context.Id)).Transfer;

    public static Task EndAsync(Service service) => service.Ended.WaitAsync(EngineProcess.Limit, Cancel);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _listener.Dispose();
        await _following;
        Scratch.Dispose();
    }

    private async Task FollowAsync()
    {
        await foreach (var happened in _listener.ReadAllAsync(CancellationToken.None))
        {
            TaskCompletionSource more;
            lock (_lock)
            {
                _events.Add(happened);
                (more, _more) = (_more, New());
            }

            more.SetResult();
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

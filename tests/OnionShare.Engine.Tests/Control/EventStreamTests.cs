using OnionShare.Contracts;
using OnionShare.Engine.Control;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>What one listener is told: how things stand, once, and then what happens, in its order.</summary>
public sealed class EventStreamTests : IAsyncLifetime
{
    private readonly LocalEngine _local = new();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _local.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task What_happened_before_a_service_was_looked_at_is_not_told_after_it()
    {
        using var listener = _local.Engine.Events.Listen();
        var service = await _local.ShareAsync(_local.Scratch.File("a", 1));
        using (var transfer = service.Context.Transfers.Begin(TransferDirection.Download, "a", 1)) transfer.Complete();
        service.Stop(StopReason.Requested);
        await LocalEngine.EndAsync(service);
        service.Context.Warn("still told");
        listener.Dispose();

        var told = await ReadAsync(new EventStream(_local.Engine, null, transfers: true), listener);

        Assert.Equal(
            [(typeof(TorChanged), true), (typeof(ServiceChanged), true), (typeof(TransferChanged), true), (typeof(SnapshotTold), true), (typeof(ServiceWarned), false)],
            told.Select(one => (one.GetType(), one.IsSnapshot)));
        Assert.Equal(ServiceState.Stopped, told.OfType<ServiceChanged>().Single().Service.State);
        Assert.Equal(TransferState.Completed, told.OfType<TransferChanged>().Single().Transfer.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_events_were_lost_it_is_told_again_how_things_stand()
    {
        using var listener = _local.Engine.Events.Listen();
        var service = await _local.ShareAsync(_local.Scratch.File("a", 1));
        for (var n = 0; n < 3000; n++) service.Context.Warn($"{n}");
        listener.Dispose();

        var told = await ReadAsync(new EventStream(_local.Engine, service, transfers: false), listener);

        Assert.Equal(2, told.OfType<SnapshotTold>().Count());
        var lost = told.FindIndex(one => one is EventsLost);
        Assert.Equal(service.Context.Id, Assert.IsType<ServiceChanged>(told[lost + 2]).Service.Id);
        Assert.Equal("2999", Assert.IsType<ServiceWarned>(told[^1]).Message);
    }

    private static async Task<List<EngineEvent>> ReadAsync(EventStream stream, OnionShare.Engine.Services.IEventListener listener)
    {
        var told = new List<EngineEvent>();
        await foreach (var one in stream.ReadAsync(listener, Cancel)) told.Add(one);
        return told;
    }
}

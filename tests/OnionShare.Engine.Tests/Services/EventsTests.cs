using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

/// <summary>Events and the transfer log stay bounded whatever happens. Row «memory grows with every request».</summary>
public sealed class EventsTests
{
    private readonly ManualTime _clock = new();

    [Fact(Timeout = 120_000)]
    public async Task A_listener_that_does_not_listen_loses_the_oldest_and_is_told_how_many()
    {
        var events = new EventHub(_clock);
        using var listener = events.Listen();
        for (var n = 0; n < 5000; n++) events.Publish(new ServiceWarned { Time = _clock.GetUtcNow(), ServiceId = "", ServiceName = "", Message = $"{n}" });
        listener.Dispose();

        var got = new List<EngineEvent>();
        await foreach (var happened in listener.ReadAllAsync(Cancel)) got.Add(happened);

        var lost = Assert.IsType<EventsLost>(got[0]);
        Assert.Equal(5000, lost.Count + got.Count - 1);
        Assert.Equal("4999", Assert.IsType<ServiceWarned>(got[^1]).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_many_transfers_the_latest_thousand_are_remembered_in_order()
    {
        var log = new TransferLog("id", "name", new EventHub(_clock), _clock);
        using var active = log.Begin(TransferDirection.Download, "first \u001b[2J", 10);
        for (var n = 0; n < 3000; n++)
        {
            using var transfer = log.Begin(TransferDirection.Download, "x", 1);
            if (n % 3 == 0) transfer.Complete();
            if (n % 3 == 1) transfer.Fail("because\r\nof");
        }

        var all = log.Snapshot();
        Assert.Equal(TransferLog.Remembered + 1, all.Count);
        Assert.Equal((1, TransferState.Active, "first \\u{1B}[2J"), ((int)all[0].Id, all[0].State, all[0].Name));
        Assert.Equal(3001, all[^1].Id);
        Assert.Equal((1000, 1), ((int)log.Completed, log.Active));
        Assert.DoesNotContain(all, transfer => transfer.Error?.Contains('\n', StringComparison.Ordinal) == true);
        var idle = log.WhenIdleAsync(Cancel);
        Assert.False(idle.IsCompleted);
        active.Complete();
        active.Cancel();
        await idle.WaitAsync(Until.Limit, Cancel);
        Assert.Equal(1001, log.Completed);
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Services;

/// <summary>Several ranges of one download in the transfer log.</summary>
public sealed class RangedDownloadsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TransferLog _log;
    private readonly CancellationTokenSource _draining = new();
    private readonly RangedDownloads _downloads;

    public RangedDownloadsTests()
    {
        _log = new TransferLog("id", "name", new EventHub(_time), _time);
        _downloads = new RangedDownloads(_log, _time, _draining.Token);
    }

    private Transfer Only => Assert.Single(_log.Snapshot());

    public void Dispose() => _draining.Dispose();

    [Fact]
    public void Ranges_over_several_circuits_are_one_transfer_that_ends_with_the_last_byte()
    {
        var first = Begin(0, 400);
        var second = Begin(400, 600);
        first.Report(300);
        second.Report(600);
        second.Dispose();
        Assert.Equal((TransferState.Active, 900, 1000), (Only.State, Only.Bytes, Only.TotalBytes));

        first.Report(400);
        first.Dispose();

        Assert.Equal((true, false), (first.IsFirst, second.IsFirst));
        Assert.Equal((TransferState.Completed, 1000), (Only.State, Only.Bytes));
        Assert.Equal(1, _log.Completed);
    }

    [Fact]
    public void What_two_circuits_brought_counts_once()
    {
        Send(0, 600);
        Send(300, 600);

        Assert.Equal((TransferState.Active, 900), (Only.State, Only.Bytes));
    }

    [Fact]
    public void A_pause_is_part_of_it_and_who_stays_away_has_cancelled()
    {
        Send(0, 400, handed: 100);
        _time.Advance(RangedDownloads.Quiet / 2);
        Send(100, 100);
        _time.Advance(RangedDownloads.Quiet / 2);
        Assert.Equal(TransferState.Active, Only.State);

        _time.Advance(RangedDownloads.Quiet);

        Assert.Equal((TransferState.Cancelled, 200), (Only.State, Only.Bytes));
    }

    [Fact]
    public void Who_comes_back_later_has_another_transfer_of_the_rest()
    {
        Send(0, 400, handed: 300);
        _time.Advance(RangedDownloads.Quiet);

        Send(300, 700);

        var second = _log.Snapshot()[1];
        Assert.Equal((TransferState.Completed, 700, 700, 300), (second.State, second.Bytes, second.TotalBytes, second.Offset));
    }

    [Fact]
    public void Who_asked_for_a_part_only_has_completed_when_it_was_handed_over()
    {
        Send(200, 100);
        _time.Advance(RangedDownloads.Quiet);

        Assert.Equal((TransferState.Completed, 100, 100), (Only.State, Only.Bytes, Only.TotalBytes));
    }

    [Fact]
    public void Late_ranges_of_what_was_whole_are_no_transfer_of_their_own()
    {
        var first = Begin(0, 1000);
        first.Report(1000);
        first.Dispose();
        var late = Begin(900, 100);
        late.Report(100);
        late.Dispose();
        _time.Advance(RangedDownloads.Quiet / 2);
        Send(950, 50);

        Assert.Equal((TransferState.Completed, 1000), (Only.State, Only.Bytes));
        Assert.Equal((first.Transfer, false), (late.Transfer, late.IsFirst));
    }

    [Fact]
    public void What_was_whole_begins_anew_when_it_is_asked_for_later()
    {
        Send(0, 1000);
        _time.Advance(RangedDownloads.Quiet);
        Send(0, 1000);

        Assert.All(_log.Snapshot(), transfer => Assert.Equal((TransferState.Completed, 1000, 0), (transfer.State, transfer.Bytes, transfer.Offset)));
        Assert.Equal(2, _log.Completed);
    }

    [Fact]
    public void A_service_that_ends_does_not_wait_for_a_pause_but_for_a_range()
    {
        Send(0, 400);
        using var other = _downloads.Begin("b", "f.bin", 0, 10, 1000);

        _draining.Cancel();

        Assert.Equal([TransferState.Completed, TransferState.Active], _log.Snapshot().Select(transfer => transfer.State));
        other.Dispose();
        Assert.Equal(0, _log.Active);
    }

    [Fact]
    public void A_failure_ends_all_of_it()
    {
        var first = Begin(0, 400);
        using var second = Begin(400, 600);
        first.Fail("gone");
        first.Dispose();
        second.Report(10);

        Assert.Equal((TransferState.Failed, "gone"), (Only.State, Only.Error));
    }

    [Fact]
    public void What_is_known_to_be_whole_has_completed_though_a_range_is_still_under_way()
    {
        Send(0, 990);
        using var late = Begin(980, 20);

        _downloads.Complete("a", "f.bin");

        Assert.Equal(TransferState.Completed, Only.State);
    }

    [Fact]
    public void Strangers_are_kept_apart()
    {
        using var one = _downloads.Begin("a", "f.bin", 0, 10, 1000);
        using var other = _downloads.Begin("b", "f.bin", 10, 10, 1000);

        Assert.Equal(2, _log.Active);
    }

    private ILoggedPart Begin(long start, long count) => _downloads.Begin("a", "f.bin", start, count, 1000);

    private void Send(long start, long count, long? handed = null)
    {
        using var range = Begin(start, count);
        range.Report(handed ?? count);
    }
}

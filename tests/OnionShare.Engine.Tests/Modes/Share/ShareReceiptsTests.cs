using OnionShare.Engine.Modes.Share;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Share;

public sealed class ShareReceiptsTests
{
    private readonly ManualTime _time = new();
    private readonly ShareReceipts _receipts;
    private int _counted;

    public ShareReceiptsTests() =>
        _receipts = new ShareReceipts(new ServiceContext("id", "name", "title", null, 20, new EventHub(_time), _time), () => Interlocked.Increment(ref _counted));

    [Fact]
    public async Task A_download_that_was_handed_over_counts_though_others_pushed_it_out_and_no_receipt_came()
    {
        _receipts.Began(Id(0), 1);
        _receipts.HandedOver(Id(0));
        for (var other = 1; other <= ShareReceipts.Most; other++) _receipts.Began(Id(other), other);

        _time.Advance(ShareReceipts.Patience);

        await Until.TrueAsync(() => Volatile.Read(ref _counted) == 1);
    }

    [Fact]
    public void A_receipt_counts_once_however_often_it_comes()
    {
        _receipts.Began(Id(0), 1);
        _receipts.HandedOver(Id(0));

        Assert.True(_receipts.Confirm(Id(0)));
        Assert.True(_receipts.Confirm(Id(0)));

        Assert.Equal(1, _counted);
    }

    [Fact]
    public void A_receipt_of_what_was_not_handed_over_counts_for_nothing_until_it_is()
    {
        Assert.False(_receipts.Confirm(Id(1)));
        _receipts.Began(Id(0), 1);

        Assert.True(_receipts.Confirm(Id(0)));
        Assert.Equal(0, _counted);

        _receipts.HandedOver(Id(0));
        Assert.Equal(1, _counted);
    }

    private static string Id(int number) => number.ToString("x32");
}

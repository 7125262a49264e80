using Microsoft.AspNetCore.Http;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class DownloadCoverageTests
{
    [Fact]
    public void One_whole_transfer_is_complete() => Assert.True(new DownloadCoverage(1000).Add("a", new ContentSent(200, 0, 1000, true)));

    [Theory]
    [InlineData(0, 100)]
    [InlineData(0, 999)]
    [InlineData(1, 999)]
    [InlineData(999, 1)]
    public void A_part_is_not_however_often_it_is_taken(long start, long count)
    {
        var coverage = new DownloadCoverage(1000);
        for (var i = 0; i < 100; i++) Assert.False(coverage.Add("a", new ContentSent(206, start, count, true)));
    }

    [Fact]
    public void A_broken_download_and_its_resumption_are_complete_together()
    {
        var coverage = new DownloadCoverage(1000);
        Assert.False(coverage.Add("a", new ContentSent(200, 0, 600, false)));
        Assert.True(coverage.Add("a", new ContentSent(206, 550, 450, true)));
    }

    [Fact]
    public void A_gap_of_one_byte_is_a_gap()
    {
        var coverage = new DownloadCoverage(1000);
        Assert.False(coverage.Add("a", new ContentSent(200, 0, 499, false)));
        Assert.False(coverage.Add("a", new ContentSent(206, 500, 500, true)));
        Assert.True(coverage.Add("a", new ContentSent(206, 499, 1, true)));
    }

    [Fact]
    public void Who_goes_on_in_what_may_have_got_out_before_the_cut_has_got_it()
    {
        var coverage = new DownloadCoverage(1000);
        Assert.False(coverage.Add("a", new ContentSent(200, 0, 500, false, BytesUnsure: 100)));
        coverage.Begin("a", new ByteRange(580, 420));
        Assert.True(coverage.Add("a", new ContentSent(206, 580, 420, true)));

        Assert.False(coverage.Add("b", new ContentSent(200, 0, 500, false, BytesUnsure: 100)));
        coverage.Begin("b", new ByteRange(601, 399));
        Assert.False(coverage.Add("b", new ContentSent(206, 601, 399, true)));
    }

    [Fact]
    public void The_word_that_all_arrived_is_believed_of_what_may_have_got_out_and_of_nothing_else()
    {
        var coverage = new DownloadCoverage(1000);
        Assert.False(coverage.Believe("a"));
        // The rest was asked for before it was known that the first is cut.
        coverage.Begin("a", new ByteRange(580, 420));
        Assert.False(coverage.Add("a", new ContentSent(200, 0, 500, false, BytesUnsure: 100)));
        Assert.False(coverage.Believe("a"));
        Assert.True(coverage.Add("a", new ContentSent(206, 580, 420, true)) || coverage.Believe("a"));
        Assert.False(coverage.Believe("a"));

        Assert.False(coverage.Add("b", new ContentSent(200, 0, 500, false, BytesUnsure: 100)));
        Assert.False(coverage.Add("b", new ContentSent(206, 601, 399, true)));
        Assert.False(coverage.Believe("b"));
    }

    [Fact]
    public void Halves_of_two_visitors_are_no_whole()
    {
        var coverage = new DownloadCoverage(1000);
        Assert.False(coverage.Add("a", new ContentSent(206, 0, 500, true)));
        Assert.False(coverage.Add("b", new ContentSent(206, 500, 500, true)));
    }

    [Fact]
    public void Pieces_in_any_order_make_a_whole_exactly_when_the_last_is_there()
    {
        var random = new Random(5);
        for (var round = 0; round < 50; round++)
        {
            var coverage = new DownloadCoverage(500);
            var pieces = Enumerable.Range(0, 50).ToArray();
            random.Shuffle(pieces);
            for (var i = 0; i < pieces.Length; i++) Assert.Equal(i == 49, coverage.Add("a", new ContentSent(206, pieces[i] * 10, 10, true)));
        }
    }

    [Theory]
    [InlineData(304)]
    [InlineData(412)]
    [InlineData(416)]
    public void Answers_without_content_count_nothing(int status) =>
        Assert.False(new DownloadCoverage(1).Add("a", new ContentSent(status, 0, 1, false)));

    [Fact]
    public void Of_an_empty_content_only_a_GET_counts()
    {
        var coverage = new DownloadCoverage(0);
        Assert.False(coverage.Add("a", new ContentSent(200, 0, 0, false)));
        Assert.True(coverage.Add("a", new ContentSent(200, 0, 0, true)));
    }

    [Fact]
    public void A_flood_of_visitors_and_of_scattered_ranges_costs_bounded_memory_and_never_counts_too_much()
    {
        var coverage = new DownloadCoverage(1_000_000);
        for (var i = 0; i < 100_000; i++) Assert.False(coverage.Add("v" + i, new ContentSent(206, i * 2, 1, true)));
        for (var i = 0; i < 100_000; i++) Assert.False(coverage.Add("one", new ContentSent(206, i * 2, 1, true)));
        Assert.Equal((DownloadCoverage.MaximumChains, DownloadCoverage.MaximumChains - 1 + DownloadCoverage.MaximumRanges), coverage.Remembered);
        Assert.True(coverage.Add("one", new ContentSent(200, 0, 1_000_000, true)));
    }

    // Row W20.
    [Fact]
    public void What_it_knows_is_known_again_after_a_restart()
    {
        var coverage = new DownloadCoverage(100);
        Assert.False(coverage.Add("a", new ContentSent(206, 0, 40, true)));
        Assert.False(coverage.Add("b", new ContentSent(206, 0, 30, true)));
        Assert.False(coverage.Add("a", new ContentSent(206, 60, 40, true)));
        var next = new DownloadCoverage(100);
        next.Read(coverage.Write() + "\nc 0-101 7-3 x-y - 1-2-3");
        Assert.False(next.Add("b", new ContentSent(206, 40, 60, true)));
        Assert.True(next.Add("a", new ContentSent(206, 40, 20, true)));
        Assert.False(next.Add("c", new ContentSent(206, 1, 99, true)));
    }

    // Row W20: how much of a transfer got out of an engine that was killed, only its visitor knows.
    [Fact]
    public void Who_goes_on_inside_a_transfer_that_a_killed_engine_left_has_got_what_comes_before()
    {
        var coverage = new DownloadCoverage(100);
        coverage.Begin("a", new ByteRange(0, 100));
        coverage.Begin("b", new ByteRange(50, 50));
        var next = new DownloadCoverage(100);
        next.Read(coverage.Write());
        next.Begin("b", new ByteRange(0, 50));
        Assert.False(next.Add("b", new ContentSent(206, 0, 50, true)));
        next.Begin("a", new ByteRange(37, 63));
        Assert.True(next.Add("a", new ContentSent(206, 37, 63, true)));
        // A transfer that ended while the engine lived leaves nothing of the kind.
        next.Begin("c", new ByteRange(0, 100));
        Assert.False(next.Add("c", new ContentSent(200, 0, 0, false)));
        var last = new DownloadCoverage(100);
        last.Read(next.Write());
        last.Begin("c", new ByteRange(37, 63));
        Assert.False(last.Add("c", new ContentSent(206, 37, 63, true)));
    }

    [Fact]
    public void A_chain_is_told_by_what_the_program_says_of_itself()
    {
        var curl = new DefaultHttpContext { Request = { Headers = { UserAgent = "curl/8" } } }.Request;
        var same = new DefaultHttpContext { Request = { Headers = { UserAgent = "curl/8" } } }.Request;
        var wget = new DefaultHttpContext { Request = { Headers = { UserAgent = "Wget/1" } } }.Request;
        Assert.Equal(DownloadCoverage.ChainOf(curl), DownloadCoverage.ChainOf(same));
        Assert.NotEqual(DownloadCoverage.ChainOf(curl), DownloadCoverage.ChainOf(wget));
    }
}

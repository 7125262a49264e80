using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class RangeHeaderTests
{
    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=999-", 999, 1)]
    [InlineData("bytes=500-", 500, 500)]
    [InlineData("bytes=500-9999", 500, 500)]
    [InlineData("bytes=-1", 999, 1)]
    [InlineData("bytes=-5000", 0, 1000)]
    [InlineData("BYTES=1-2", 1, 2)]
    [InlineData("bytes=0-99999999999999999999999999", 0, 1000)]
    [InlineData("bytes=-99999999999999999999999999", 0, 1000)]
    [InlineData("bytes=000000000000000000000000000001-2", 1, 2)]
    [InlineData("bytes=0-9223372036854775807", 0, 1000)]
    [InlineData("bytes=0-9,10-19", 0, 20)]
    [InlineData("bytes=10-19 , 5-12", 5, 15)]
    [InlineData("bytes=,1-2,,", 1, 2)]
    [InlineData("bytes=0-9,5000-", 0, 10)]
    [InlineData("bytes=-1,0-998", 0, 1000)]
    public void A_run_of_bytes_is_found(string header, long start, long count)
    {
        Assert.Equal(RangeOutcome.Partial, RangeHeader.Read(header, 1000, out var range));
        Assert.Equal(new ByteRange(start, count), range);
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=1000-2000")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=9223372036854775807-")]
    [InlineData("bytes=9223372036854775808-")]
    [InlineData("bytes=99999999999999999999-99999999999999999999")]
    [InlineData("bytes=1000-1001,-0")]
    public void What_lies_beyond_the_end_is_unsatisfiable(string header) =>
        Assert.Equal(RangeOutcome.Unsatisfiable, RangeHeader.Read(header, 1000, out _));

    [Theory]
    [InlineData("")]
    [InlineData("bytes")]
    [InlineData("bytes=")]
    [InlineData("bytes=,")]
    [InlineData("bytes=-")]
    [InlineData("bytes=--1")]
    [InlineData("bytes=5-4")]
    [InlineData("bytes=99999999999999999999-9223372036854775807")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=0x1-2")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=1-2-3")]
    [InlineData("bytes=1 - 2")]
    [InlineData("bytes=٣-٤")]
    [InlineData("bytes =0-1")]
    [InlineData("items=0-1")]
    [InlineData("bytes=0-1,garbage")]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=1")]
    public void What_is_no_single_run_is_ignored(string header) => Assert.Equal(RangeOutcome.Ignored, RangeHeader.Read(header, 1000, out _));

    [Theory]
    [InlineData("bytes=0-", RangeOutcome.Unsatisfiable)]
    [InlineData("bytes=0-0", RangeOutcome.Unsatisfiable)]
    [InlineData("bytes=-0", RangeOutcome.Unsatisfiable)]
    [InlineData("bytes=-5", RangeOutcome.Ignored)]
    public void Of_an_empty_content_no_byte_can_be_asked(string header, RangeOutcome outcome) =>
        Assert.Equal(outcome, RangeHeader.Read(header, 0, out _));

    [Fact]
    public void Positions_over_four_gigabytes_are_exact()
    {
        Assert.Equal(RangeOutcome.Partial, RangeHeader.Read("bytes=5000000000-5000000001", long.MaxValue, out var range));
        Assert.Equal(new ByteRange(5000000000, 2), range);
    }

    [Fact]
    public void A_hostile_list_of_ranges_costs_nothing()
    {
        var headers = new[] { "bytes=" + string.Join(',', Enumerable.Repeat("0-", 10_000)), "bytes=" + new string(',', 1_000), "bytes=" + new string('9', 30_000) + "-" };
        // What is compiled meanwhile may allocate in one round; what Read allocates, it does in each.
        Assert.InRange(Enumerable.Range(0, 5).Min(_ => Round()), 0, 1024);

        long Round()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var outcomes = 0;
            foreach (var header in headers)
            {
                for (var i = 0; i < 1000; i++) outcomes += (int)RangeHeader.Read(header, 1000, out _);
            }

            var spent = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.Equal(0, outcomes);
            return spent;
        }
    }

    [Fact]
    public void Random_headers_never_give_a_byte_outside()
    {
        var random = new Random(7);
        const string Alphabet = "0123456789-, bytes=";
        for (var i = 0; i < 50_000; i++)
        {
            var header = "bytes=" + string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Alphabet[random.Next(i % 2 == 0 ? 12 : Alphabet.Length)]));
            var length = random.Next(0, 30);
            if (RangeHeader.Read(header, length, out var range) != RangeOutcome.Partial) continue;
            Assert.True(range.Start >= 0 && range.Count > 0 && range.End <= length, header);
        }
    }
}

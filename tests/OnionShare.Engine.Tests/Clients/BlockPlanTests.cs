using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Pieces of a download on their circuits.</summary>
public sealed class BlockPlanTests
{
    private const long Mega = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly ManualTime _time = new();

    [Fact]
    public void Pieces_are_as_large_as_asked_and_cover_all_of_it()
    {
        var plan = new BlockPlan([(0, 10 * Mega), (20 * Mega, 21 * Mega)], _time, Patience);
        var first = plan.Take(4 * Mega)!;
        var second = plan.Take(100 * Mega)!;
        var third = plan.Take(Mega)!;
        Assert.Equal([(0, 4 * Mega), (4 * Mega, 10 * Mega), (20 * Mega, 21 * Mega)], new[] { first, second, third }.Select(block => (block.Start, block.End)));
    }

    [Fact]
    public void Who_is_fast_takes_half_of_what_the_slowest_has_left()
    {
        var plan = new BlockPlan([(0, 8 * Mega)], _time, Patience);
        var slow = plan.Take(8 * Mega)!;
        plan.Advance(slow, (int)(2 * Mega));
        var fast = plan.Take(8 * Mega)!;
        Assert.Equal((5 * Mega, 5 * Mega, 8 * Mega), (slow.End, fast.Start, fast.End));
        Assert.Equal(3 * Mega, plan.Advance(slow, (int)(4 * Mega)));
        Assert.Equal(0, plan.Left(slow));
    }

    [Fact]
    public void The_little_that_drips_is_taken_over_after_a_while_and_then_after_twice_as_long()
    {
        var plan = new BlockPlan([(0, 1000)], _time, Patience);
        var drips = plan.Take(Mega)!;
        plan.Advance(drips, 10);
        Assert.Null(plan.Take(Mega));
        _time.Advance(Patience);

        var second = plan.Take(Mega)!;

        Assert.Equal((10, 1000), (second.Start, second.End));
        Assert.True(drips.Lost.IsCancellationRequested);
        Assert.Equal(0, plan.Advance(drips, 5));
        plan.Return(drips);
        Assert.Null(plan.Take(Mega));
        _time.Advance(Patience);
        Assert.Null(plan.Take(Mega));
        _time.Advance(Patience);
        Assert.Equal(10, plan.Take(Mega)!.Start);
    }

    [Fact]
    public void What_broke_off_is_to_be_had_again()
    {
        var plan = new BlockPlan([(0, Mega)], _time, Patience);
        var broken = plan.Take(Mega)!;
        plan.Advance(broken, 1000);
        plan.Return(broken);
        Assert.False(plan.IsDone);
        var again = plan.Take(Mega)!;
        Assert.Equal((1000, Mega), (again.Start, again.End));
        plan.Advance(again, (int)(Mega - 1000));
        plan.Return(again);
        Assert.True(plan.IsDone);
    }

    [Fact]
    public void Ranges_are_joined_and_the_rest_is_missing()
    {
        var there = new RangeSet();
        there.Add(10, 20);
        there.Add(0, 5);
        there.Add(5, 10);
        there.Add(40, 50);
        Assert.Equal((30, 20), (there.Count, there.Frontier));
        Assert.Equal([(20, 40), (50, 60)], there.Missing(60));
    }
}

using OnionShare.Engine.Modes.Chat;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

/// <summary>Losing the connection and coming back.</summary>
public sealed class RoomReturnTests : RoomTesting
{
    [Fact]
    public async Task Who_comes_back_in_time_has_the_name_again_and_hears_what_was_said_exactly_once()
    {
        var (ada, bob) = (Join(Room, "ada"), Join(Room, "bob"));
        Room.Say(bob, 1, "seen");
        var seen = (await HeardAsync(ada, until: message => message is Said)).OfType<RoomEvent>().Last().Seq;
        Room.Disconnect(ada);
        Room.Say(bob, 2, "missed");
        Assert.True(ada.Outbox.Dropped.IsCancellationRequested);
        Assert.Equal([("ada", true), ("bob", false)], Room.List().Select(member => (member.Name, member.Away)));
        Assert.Equal(1, Room.PresentCount);
        Assert.False(Room.TryJoin("ada", null, out _, out _));

        Advance(TimeSpan.FromSeconds(59));
        Assert.True(Room.TryResume(ada.Member.Token, seen, out var again, out _));
        Room.Say(bob, 3, "now");
        Room.Close();

        var heard = await HeardAsync(again);
        var welcome = Assert.IsType<Welcome>(heard[0]);
        Assert.Equal((true, "ada", ada.Member.Id, seen), (welcome.CaughtUp, welcome.Name, welcome.Id, welcome.Since));
        Assert.Equal(["missed", "now"], heard.OfType<Said>().Select(said => said.Text));
        Assert.Contains(heard, message => message is Back);
        AssertNoHole(heard);
    }

    [Fact]
    public void A_seat_is_kept_for_a_minute_and_then_told_as_left()
    {
        var (ada, bob) = (Join(Room, "ada"), Join(Room, "bob"));
        Room.Disconnect(ada);
        Sweep(TimeSpan.FromSeconds(61));
        Assert.Equal(["bob"], Room.List().Select(member => member.Name));
        Assert.False(Room.TryResume(ada.Member.Token, 1, out _, out var refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.True(Room.TryJoin("ada", null, out _, out _));
        Assert.Null(Room.Say(bob, 1, "hello"));
    }

    [Fact]
    public async Task What_is_older_than_a_minute_can_not_be_caught_up_and_that_is_said()
    {
        var (ada, bob) = (Join(Room, "ada"), Join(Room, "bob"));
        Room.Say(bob, 1, "old");
        Advance(TimeSpan.FromSeconds(30));
        Room.Disconnect(ada);
        Room.Say(bob, 2, "new");
        Advance(TimeSpan.FromSeconds(40));

        Assert.True(Room.TryResume(ada.Member.Token, 2, out var again, out _));
        Room.Close();
        var heard = await HeardAsync(again);
        Assert.False(Assert.IsType<Welcome>(heard[0]).CaughtUp);
        Assert.Equal(["new"], heard.OfType<Said>().Select(said => said.Text));
        AssertNoHole(heard);
    }

    [Fact]
    public async Task No_more_than_200_messages_can_be_caught_up()
    {
        var room = MakeRoom(new RoomLimits { MessageBurst = 1000 });
        var (ada, bob) = (Join(room, "ada"), Join(room, "bob"));
        room.Disconnect(ada);
        for (var i = 1; i <= 201; i++) Assert.Null(room.Say(bob, i, $"{i}"));
        Assert.True(room.TryResume(ada.Member.Token, 2, out var again, out _));
        room.Close();
        var heard = await HeardAsync(again);
        Assert.False(Assert.IsType<Welcome>(heard[0]).CaughtUp);
        Assert.Equal(Enumerable.Range(2, 200).Select(i => $"{i}"), heard.OfType<Said>().Select(said => said.Text));
    }

    [Fact]
    public async Task Coming_back_never_shows_what_was_said_before_the_member_came()
    {
        var bob = Join(Room, "bob");
        Room.Say(bob, 1, "before");
        var ada = Join(Room, "ada");
        Room.Say(bob, 2, "after");
        Assert.True(Room.TryResume(ada.Member.Token, 0, out var again, out _));
        Room.Close();
        Assert.Equal(["after"], (await HeardAsync(again)).OfType<Said>().Select(said => said.Text));
    }

    [Fact]
    public void Coming_back_twice_leaves_one_connection()
    {
        var ada = Join(Room, "ada");
        Assert.True(Room.TryResume(ada.Member.Token, null, out var second, out _));
        Assert.True(ada.Outbox.Dropped.IsCancellationRequested);
        Assert.Equal(RefusalCodes.NotJoined, Room.Say(ada, 1, "from the old connection")!.Code);
        Room.Disconnect(ada); // the old connection ends: nothing of the new one
        Assert.Equal(1, Room.PresentCount);
        Assert.Null(Room.Say(second, 1, "hello"));
    }

    [Fact]
    public async Task A_message_sent_again_after_coming_back_is_said_once()
    {
        var (ada, bob) = (Join(Room, "ada"), Join(Room, "bob"));
        Room.Say(ada, 1, "hello");
        Room.Disconnect(ada);
        Assert.True(Room.TryResume(ada.Member.Token, 1, out var again, out _));
        Assert.Null(Room.Say(again, 1, "hello"));
        Assert.Null(Room.Say(again, 2, "world"));
        Room.Close();
        Assert.Equal(1, ((Welcome)(await HeardAsync(again))[0]).N);
        Assert.Equal(["hello", "world"], (await HeardAsync(bob)).OfType<Said>().Select(said => said.Text));
    }
}

using OnionShare.Engine.Modes.Chat;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

public sealed class RoomTests : RoomTesting
{
    [Fact]
    public async Task Everybody_hears_everything_in_one_order_and_the_sender_is_who_said_it()
    {
        var (ada, bob) = (Join(Room, "ada"), Join(Room, "bob"));
        Assert.Null(Room.Say(ada, 1, "one"));
        Assert.Null(Room.Say(bob, 1, "two"));
        Room.Leave(ada);
        Room.Leave(bob);

        var toBob = await HeardAsync(bob);

        Assert.Equal([(ada.Member.Id, "ada", "one"), (bob.Member.Id, "bob", "two")], toBob.OfType<Said>().Select(said => (said.Id, said.Name, said.Text)));
        Assert.Equal(["ada", "bob"], toBob.OfType<Welcome>().Single().Members.Select(member => member.Name));
        AssertNoHole(toBob);
        Assert.Equal(["one", "two"], (await HeardAsync(ada)).OfType<Said>().Select(said => said.Text));
    }

    [Fact]
    public async Task A_newcomer_hears_nothing_of_what_was_said_before()
    {
        var ada = Join(Room, "ada");
        Room.Say(ada, 1, "secret");
        var bob = Join(Room, "bob");
        Room.Close();
        Assert.DoesNotContain(await HeardAsync(bob), message => message is Said);
    }

    [Fact]
    public void Without_a_name_theRoom_draws_one_that_nobody_has()
    {
        var room = MakeRoom(new RoomLimits(), new Queue<string>(["ada", "Ada", "аda", "eve"]).Dequeue);
        Assert.Equal("ada", Join(room, null).Member.Name);
        Assert.Equal("eve", Join(room, null).Member.Name);
        room.Dispose();
    }

    [Fact]
    public void A_name_that_looks_like_somebody_elses_is_refused_on_joining_and_on_renaming()
    {
        var (_, bob) = (Join(Room, "admin"), Join(Room, "bob"));
        Assert.False(Room.TryJoin("Adm1n", null, out _, out var refused));
        Assert.Equal((RefusalCodes.NameInUse, "Somebody here has that name, or one that looks like it."), (refused!.Code, refused.Reason));
        Assert.Equal(RefusalCodes.NameInUse, Room.Rename(bob, "ad\u200Bmin")!.Code);
        Assert.Equal("bob", bob.Member.Name);
        Assert.Equal(2, Room.PresentCount);
    }

    [Fact]
    public async Task What_is_told_of_a_rename_is_the_name_that_was_checked_and_the_old_one_is_free()
    {
        var ada = Join(Room, "ada");
        Assert.Null(Room.Rename(ada, "  A\u202Eda   L. "));
        Assert.Null(Room.Rename(ada, "ADA L."));
        Assert.True(Room.TryJoin("ada", null, out _, out _));
        Room.Close();
        Assert.Equal([("ada", "Ada L."), ("Ada L.", "ADA L.")], (await HeardAsync(ada)).OfType<Renamed>().Select(renamed => (renamed.OldName, renamed.Name)));
    }

    [Fact]
    public async Task Who_has_left_neither_hears_nor_speaks_nor_is_listed()
    {
        var (ada, bob) = (Join(Room, "ada"), Join(Room, "bob"));
        Room.Leave(ada);
        Room.Say(bob, 1, "is she gone?");

        Assert.DoesNotContain(await HeardAsync(ada), message => message is Said);
        Assert.Equal(RefusalCodes.NotJoined, Room.Say(ada, 1, "no")!.Code);
        Assert.Equal(RefusalCodes.NotJoined, Room.Rename(ada, "bob")!.Code);
        Assert.False(Room.TryResume(ada.Member.Token, null, out _, out var refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.Equal(["bob"], Room.List().Select(member => member.Name));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("no token")]
    public void A_made_up_token_opens_no_seat(string token)
    {
        Assert.False(Room.TryResume(token, null, out _, out var refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.False(Room.TryJoin(null, token, out _, out refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.Null(Room.Find(token));
        Assert.Empty(Room.List());
    }

    [Fact]
    public void A_token_of_anotherRoom_opens_no_seat()
    {
        using var other = MakeRoom(new RoomLimits());
        Assert.False(Room.TryJoin(null, other.DrawToken(), out _, out _));
        Assert.True(Room.TryJoin(null, Room.DrawToken(), out _, out _));
    }

    [Fact]
    public async Task A_slow_reader_is_dropped_and_nobody_else_notices_more_than_that()
    {
        var room = MakeRoom(new RoomLimits { WaitingEvents = 50, MessageBurst = 1000 });
        var (slow, fast) = (Join(room, "slow"), Join(room, "fast"));
        var heard = new List<RoomMessage>();
        await using var reader = fast.Outbox.ReadAllAsync(Cancel).GetAsyncEnumerator(Cancel);
        for (var i = 1; i <= 100; i++)
        {
            Assert.Null(room.Say(fast, i, $"{i}"));
            do Assert.True(await reader.MoveNextAsync());
            while (reader.Current is not Said && Add(heard, reader.Current));
            heard.Add(reader.Current);
        }

        Assert.True(slow.Outbox.Dropped.IsCancellationRequested);
        Assert.Equal(Enumerable.Range(1, 100).Select(i => $"{i}"), heard.OfType<Said>().Select(said => said.Text));
        Assert.Equal("slow", Assert.Single(heard.OfType<Away>()).Name);
        Assert.Equal(1, room.PresentCount);
        room.Dispose();
    }

    [Fact]
    public void A_reader_for_whom_too_many_bytes_wait_is_dropped()
    {
        var room = MakeRoom(new RoomLimits { WaitingBytes = 64 * 1024, MessageBurst = 1000 });
        var (slow, fast) = (Join(room, "slow"), Join(room, "fast"));
        _ = fast;
        for (var i = 1; i <= 3; i++) room.Say(slow, i, new string('x', 16 * 1024));
        Assert.Equal(2, room.PresentCount);
        room.Say(slow, 4, new string('x', 16 * 1024));
        Assert.Equal(0, room.PresentCount);
        room.Dispose();
    }

    [Fact]
    public void Many_slow_readers_at_once_are_dropped_all()
    {
        var room = MakeRoom(new RoomLimits { WaitingEvents = 1100, MessageBurst = 10_000 });
        var members = Enumerable.Range(0, 500).Select(_ => Join(room, null)).ToList();
        for (var i = 1; i <= 1200 && room.PresentCount > 0; i++) room.Say(members[^1], i, "x");
        Assert.Equal(0, room.PresentCount);
        room.Dispose();
    }

    [Fact]
    public void Who_says_too_much_at_once_is_told_and_may_go_on_later()
    {
        var ada = Join(Room, "ada");
        for (var i = 1; i <= 10; i++) Assert.Null(Room.Say(ada, i, "x"));
        var refused = Room.Say(ada, 11, "x");
        Assert.Equal((RefusalCodes.TooFast, "Not so fast: wait a moment, then send it again.", 11L), (refused!.Code, refused.Reason, refused.N));
        Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(Room.Say(ada, 12, "x"));
        Assert.NotNull(Room.Say(ada, 13, "x"));
    }

    [Fact]
    public void Who_renames_too_often_is_told()
    {
        var ada = Join(Room, "ada");
        for (var i = 0; i < 4; i++) Assert.Null(Room.Rename(ada, "ada " + (char)('a' + i)));
        Assert.Equal(RefusalCodes.TooFast, Room.Rename(ada, "eve")!.Code);
        Assert.Equal("ada d", ada.Member.Name);
    }

    [Fact]
    public void A_fullRoom_takes_nobody_and_says_so()
    {
        var room = MakeRoom(new RoomLimits { Members = 2 });
        var ada = Join(room, "ada");
        Join(room, "bob");
        Assert.False(room.TryJoin(null, null, out _, out var refused));
        Assert.Equal((RefusalCodes.Full, "The room is full: 2 people are here. Try again later."), (refused!.Code, refused.Reason));
        room.Leave(ada);
        Assert.True(room.TryJoin(null, null, out _, out _));
        room.Dispose();
    }

    [Fact]
    public async Task Closing_is_the_last_that_is_heard_and_nothing_is_left()
    {
        var ada = Join(Room, "ada");
        Room.Say(ada, 1, "words");
        Assert.True(Room.Close());
        Assert.False(Room.Close());
        Assert.IsType<Closed>((await HeardAsync(ada))[^1]);
        Assert.Empty(Room.List());
        Assert.Equal(RefusalCodes.NotJoined, Room.Say(ada, 2, "more")!.Code);
        Assert.False(Room.TryJoin(null, null, out _, out var refused));
        Assert.Equal(RefusalCodes.RoomClosed, refused!.Code);
        Assert.False(Room.TryResume(ada.Member.Token, 0, out _, out refused));
        Assert.Equal(RefusalCodes.RoomClosed, refused!.Code);
    }

    [Fact]
    public void Words_are_gone_from_memory_a_minute_later_though_theRoom_stays_silent()
    {
        var ada = Join(Room, "ada");
        var words = SayAndForget(ada);
        Sweep(TimeSpan.FromSeconds(61));
        DrainNow(ada);
        for (var i = 0; i < 20 && words.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(words.IsAlive);
        Assert.Equal(1, Room.PresentCount);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference SayAndForget(MemberConnection ada)
    {
        Assert.Null(Room.Say(ada, 1, "words to be forgotten"));
        return new WeakReference(ReadNow(ada).OfType<Said>().Single());
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void DrainNow(MemberConnection connection) => ReadNow(connection);

    private static List<RoomMessage> ReadNow(MemberConnection connection)
    {
        var heard = new List<RoomMessage>();
        var reader = connection.Outbox.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        while (reader.MoveNextAsync() is { IsCompleted: true, Result: true }) heard.Add(reader.Current);
        return heard;
    }

    private static bool Add(List<RoomMessage> list, RoomMessage message)
    {
        list.Add(message);
        return true;
    }
}

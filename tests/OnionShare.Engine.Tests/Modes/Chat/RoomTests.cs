using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Passwords;
using OnionShare.Engine.Tests.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

public sealed class RoomTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly Room _room;
    private int _names;

    private static CancellationToken Abort => TestContext.Current.CancellationToken;

    public RoomTests() => _room = MakeRoom(new RoomLimits());

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task Everybody_hears_everything_in_one_order_and_the_sender_is_who_said_it()
    {
        var (ada, bob) = (Join(_room, "ada"), Join(_room, "bob"));
        Assert.Null(_room.Say(ada, 1, "one"));
        Assert.Null(_room.Say(bob, 1, "two"));
        _room.Leave(ada);
        _room.Leave(bob);

        var toBob = await HeardAsync(bob);

        Assert.Equal([(ada.Member.Id, "ada", "one"), (bob.Member.Id, "bob", "two")], toBob.OfType<Said>().Select(said => (said.Id, said.Name, said.Text)));
        Assert.Equal(["ada", "bob"], toBob.OfType<Welcome>().Single().Members.Select(member => member.Name));
        AssertNoHole(toBob);
        Assert.Equal(["one", "two"], (await HeardAsync(ada)).OfType<Said>().Select(said => said.Text));
    }

    [Fact]
    public async Task A_newcomer_hears_nothing_of_what_was_said_before()
    {
        var ada = Join(_room, "ada");
        _room.Say(ada, 1, "secret");
        var bob = Join(_room, "bob");
        _room.Close();
        Assert.DoesNotContain(await HeardAsync(bob), message => message is Said);
    }

    [Fact]
    public void Without_a_name_the_room_draws_one_that_nobody_has()
    {
        var room = MakeRoom(new RoomLimits(), new Queue<string>(["ada", "Ada", "аda", "eve"]).Dequeue);
        Assert.Equal("ada", Join(room, null).Member.Name);
        Assert.Equal("eve", Join(room, null).Member.Name);
        room.Dispose();
    }

    [Fact]
    public void A_name_that_looks_like_somebody_elses_is_refused_on_joining_and_on_renaming()
    {
        var (_, bob) = (Join(_room, "admin"), Join(_room, "bob"));
        Assert.False(_room.TryJoin("Adm1n", null, out _, out var refused));
        Assert.Equal((RefusalCodes.NameInUse, "Somebody here has that name, or one that looks like it."), (refused!.Code, refused.Reason));
        Assert.Equal(RefusalCodes.NameInUse, _room.Rename(bob, "ad\u200Bmin")!.Code);
        Assert.Equal("bob", bob.Member.Name);
        Assert.Equal(2, _room.PresentCount);
    }

    [Fact]
    public async Task What_is_told_of_a_rename_is_the_name_that_was_checked_and_the_old_one_is_free()
    {
        var ada = Join(_room, "ada");
        Assert.Null(_room.Rename(ada, "  A\u202Eda   L. "));
        Assert.Null(_room.Rename(ada, "ADA L."));
        Assert.True(_room.TryJoin("ada", null, out _, out _));
        _room.Close();
        Assert.Equal([("ada", "Ada L."), ("Ada L.", "ADA L.")], (await HeardAsync(ada)).OfType<Renamed>().Select(renamed => (renamed.OldName, renamed.Name)));
    }

    [Fact]
    public async Task Who_has_left_neither_hears_nor_speaks_nor_is_listed()
    {
        var (ada, bob) = (Join(_room, "ada"), Join(_room, "bob"));
        _room.Leave(ada);
        _room.Say(bob, 1, "is she gone?");

        Assert.DoesNotContain(await HeardAsync(ada), message => message is Said);
        Assert.Equal(RefusalCodes.NotJoined, _room.Say(ada, 1, "no")!.Code);
        Assert.Equal(RefusalCodes.NotJoined, _room.Rename(ada, "bob")!.Code);
        Assert.False(_room.TryResume(ada.Member.Token, null, out _, out var refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.Equal(["bob"], _room.List().Select(member => member.Name));
    }

    [Fact]
    public async Task Who_comes_back_in_time_has_the_name_again_and_hears_what_was_said_exactly_once()
    {
        var (ada, bob) = (Join(_room, "ada"), Join(_room, "bob"));
        _room.Say(bob, 1, "seen");
        var seen = (await HeardAsync(ada, until: message => message is Said)).OfType<RoomEvent>().Last().Seq;
        _room.Disconnect(ada);
        _room.Say(bob, 2, "missed");
        Assert.True(ada.Outbox.Dropped.IsCancellationRequested);
        Assert.Equal([("ada", true), ("bob", false)], _room.List().Select(member => (member.Name, member.Away)));
        Assert.Equal(1, _room.PresentCount);
        Assert.False(_room.TryJoin("ada", null, out _, out _));

        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.True(_room.TryResume(ada.Member.Token, seen, out var again, out _));
        _room.Say(bob, 3, "now");
        _room.Close();

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
        var (ada, bob) = (Join(_room, "ada"), Join(_room, "bob"));
        _room.Disconnect(ada);
        Sweep(TimeSpan.FromSeconds(61));
        Assert.Equal(["bob"], _room.List().Select(member => member.Name));
        Assert.False(_room.TryResume(ada.Member.Token, 1, out _, out var refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.True(_room.TryJoin("ada", null, out _, out _));
        Assert.Null(_room.Say(bob, 1, "hello"));
    }

    [Fact]
    public async Task What_is_older_than_a_minute_can_not_be_caught_up_and_that_is_said()
    {
        var (ada, bob) = (Join(_room, "ada"), Join(_room, "bob"));
        _room.Say(bob, 1, "old");
        _clock.Advance(TimeSpan.FromSeconds(30));
        _room.Disconnect(ada);
        _room.Say(bob, 2, "new");
        _clock.Advance(TimeSpan.FromSeconds(40));

        Assert.True(_room.TryResume(ada.Member.Token, 2, out var again, out _));
        _room.Close();
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
        var bob = Join(_room, "bob");
        _room.Say(bob, 1, "before");
        var ada = Join(_room, "ada");
        _room.Say(bob, 2, "after");
        Assert.True(_room.TryResume(ada.Member.Token, 0, out var again, out _));
        _room.Close();
        Assert.Equal(["after"], (await HeardAsync(again)).OfType<Said>().Select(said => said.Text));
    }

    [Fact]
    public void Coming_back_twice_leaves_one_connection()
    {
        var ada = Join(_room, "ada");
        Assert.True(_room.TryResume(ada.Member.Token, null, out var second, out _));
        Assert.True(ada.Outbox.Dropped.IsCancellationRequested);
        Assert.Equal(RefusalCodes.NotJoined, _room.Say(ada, 1, "from the old connection")!.Code);
        _room.Disconnect(ada); // the old connection ends: nothing of the new one
        Assert.Equal(1, _room.PresentCount);
        Assert.Null(_room.Say(second, 1, "hello"));
    }

    [Fact]
    public async Task A_message_sent_again_after_coming_back_is_said_once()
    {
        var (ada, bob) = (Join(_room, "ada"), Join(_room, "bob"));
        _room.Say(ada, 1, "hello");
        _room.Disconnect(ada);
        Assert.True(_room.TryResume(ada.Member.Token, 1, out var again, out _));
        Assert.Null(_room.Say(again, 1, "hello"));
        Assert.Null(_room.Say(again, 2, "world"));
        _room.Close();
        Assert.Equal(1, ((Welcome)(await HeardAsync(again))[0]).N);
        Assert.Equal(["hello", "world"], (await HeardAsync(bob)).OfType<Said>().Select(said => said.Text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("no token")]
    public void A_made_up_token_opens_no_seat(string token)
    {
        Assert.False(_room.TryResume(token, null, out _, out var refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.False(_room.TryJoin(null, token, out _, out refused));
        Assert.Equal(RefusalCodes.SeatGone, refused!.Code);
        Assert.Null(_room.Find(token));
        Assert.Empty(_room.List());
    }

    [Fact]
    public void A_token_of_another_room_opens_no_seat()
    {
        using var other = MakeRoom(new RoomLimits());
        Assert.False(_room.TryJoin(null, other.DrawToken(), out _, out _));
        Assert.True(_room.TryJoin(null, _room.DrawToken(), out _, out _));
    }

    [Fact]
    public async Task A_slow_reader_is_dropped_and_nobody_else_notices_more_than_that()
    {
        var room = MakeRoom(new RoomLimits { WaitingEvents = 50, MessageBurst = 1000 });
        var (slow, fast) = (Join(room, "slow"), Join(room, "fast"));
        var heard = new List<RoomMessage>();
        await using var reader = fast.Outbox.ReadAllAsync(Abort).GetAsyncEnumerator(Abort);
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
        var ada = Join(_room, "ada");
        for (var i = 1; i <= 10; i++) Assert.Null(_room.Say(ada, i, "x"));
        var refused = _room.Say(ada, 11, "x");
        Assert.Equal((RefusalCodes.TooFast, "Not so fast: wait a moment, then send it again.", 11L), (refused!.Code, refused.Reason, refused.N));
        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Null(_room.Say(ada, 12, "x"));
        Assert.NotNull(_room.Say(ada, 13, "x"));
    }

    [Fact]
    public void Who_renames_too_often_is_told()
    {
        var ada = Join(_room, "ada");
        for (var i = 0; i < 4; i++) Assert.Null(_room.Rename(ada, "ada " + (char)('a' + i)));
        Assert.Equal(RefusalCodes.TooFast, _room.Rename(ada, "eve")!.Code);
        Assert.Equal("ada d", ada.Member.Name);
    }

    [Fact]
    public void A_full_room_takes_nobody_and_says_so()
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
        var ada = Join(_room, "ada");
        _room.Say(ada, 1, "words");
        _room.Close();
        Assert.IsType<Closed>((await HeardAsync(ada))[^1]);
        Assert.Empty(_room.List());
        Assert.Equal(RefusalCodes.NotJoined, _room.Say(ada, 2, "more")!.Code);
        Assert.False(_room.TryJoin(null, null, out _, out var refused));
        Assert.Equal(RefusalCodes.RoomClosed, refused!.Code);
        Assert.False(_room.TryResume(ada.Member.Token, 0, out _, out refused));
        Assert.Equal(RefusalCodes.RoomClosed, refused!.Code);
    }

    [Fact]
    public void Words_are_gone_from_memory_a_minute_later_though_the_room_stays_silent()
    {
        var ada = Join(_room, "ada");
        var words = SayAndForget(ada);
        Sweep(TimeSpan.FromSeconds(61));
        DrainNow(ada);
        for (var i = 0; i < 20 && words.IsAlive; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        Assert.False(words.IsAlive);
        Assert.Equal(1, _room.PresentCount);
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private WeakReference SayAndForget(Entry ada)
    {
        Assert.Null(_room.Say(ada, 1, "words to be forgotten"));
        return new WeakReference(ReadNow(ada).OfType<Said>().Single());
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static void DrainNow(Entry entry) => ReadNow(entry);

    private static List<RoomMessage> ReadNow(Entry entry)
    {
        var heard = new List<RoomMessage>();
        var reader = entry.Outbox.ReadAllAsync(CancellationToken.None).GetAsyncEnumerator();
        while (reader.MoveNextAsync() is { IsCompleted: true, Result: true }) heard.Add(reader.Current);
        return heard;
    }

    private static bool Add(List<RoomMessage> list, RoomMessage message)
    {
        list.Add(message);
        return true;
    }

    private static async Task<List<RoomMessage>> HeardAsync(Entry entry, Func<RoomMessage, bool>? until = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Abort);
        limit.CancelAfter(TimeSpan.FromSeconds(10));
        var heard = new List<RoomMessage>();
        await foreach (var message in entry.Outbox.ReadAllAsync(limit.Token))
        {
            heard.Add(message);
            if (until?.Invoke(message) == true) break;
        }

        return heard;
    }

    private static void AssertNoHole(List<RoomMessage> heard)
    {
        var since = heard.OfType<Welcome>().Single().Since;
        var numbers = heard.OfType<RoomEvent>().Select(heardEvent => heardEvent.Seq).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(i => since + i), numbers);
    }

    private static Entry Join(Room room, string? name)
    {
        Assert.True(room.TryJoin(name, null, out var entry, out var refused), refused?.Reason);
        return entry;
    }

    private void Sweep(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1)) _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private Room MakeRoom(RoomLimits limits, Func<string>? drawName = null) =>
        new(drawName ?? (() => NameOf(_names++)), _clock, limits);

    private static string NameOf(int number) =>
        $"{PasswordGenerator.Words[number % PasswordGenerator.ListLength]}-{PasswordGenerator.Words[number / PasswordGenerator.ListLength]}";
}

using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Passwords;
using OnionShare.Engine.Tests.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

/// <summary>A room, its clock, and what its members hear.</summary>
public abstract class RoomTesting : IDisposable
{
    private readonly ManualTime _clock = new();
    private int _names;

    protected RoomTesting() => Room = MakeRoom(new RoomLimits());

    protected Room Room { get; }

    public void Dispose()
    {
        Room.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Advance(TimeSpan by) => _clock.Advance(by);

    protected static async Task<List<RoomMessage>> HeardAsync(MemberConnection connection, Func<RoomMessage, bool>? until = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(Until.Limit);
        var heard = new List<RoomMessage>();
        await foreach (var message in connection.Outbox.ReadAllAsync(limit.Token))
        {
            heard.Add(message);
            if (until?.Invoke(message) == true) break;
        }

        return heard;
    }

    protected static void AssertNoHole(List<RoomMessage> heard)
    {
        var since = heard.OfType<Welcome>().Single().Since;
        var numbers = heard.OfType<RoomEvent>().Select(heardEvent => heardEvent.Seq).ToList();
        Assert.Equal(Enumerable.Range(1, numbers.Count).Select(i => since + i), numbers);
    }

    protected static MemberConnection Join(Room room, string? name)
    {
        Assert.True(room.TryJoin(name, null, out var connection, out var refused), refused?.Reason);
        return connection;
    }

    protected void Sweep(TimeSpan span)
    {
        for (var passed = TimeSpan.Zero; passed < span; passed += TimeSpan.FromSeconds(1)) _clock.Advance(TimeSpan.FromSeconds(1));
    }

    protected Room MakeRoom(RoomLimits limits, Func<string>? drawName = null) =>
        new(drawName ?? (() => NameOf(_names++)), _clock, limits);

    private static string NameOf(int number) =>
        $"{PasswordGenerator.Words[number % PasswordGenerator.ListLength]}-{PasswordGenerator.Words[number / PasswordGenerator.ListLength]}";
}

namespace OnionShare.Engine.Modes.Chat;

/// <summary>Somebody in a room. What changes of it changes under the room's lock only.</summary>
public sealed class Member
{
    internal Member(int id, MemberName name, string token, long since, RoomLimits limits, TimeProvider time)
    {
        Id = id;
        NameAndSkeleton = name;
        Token = token;
        Since = since;
        Messages = new TokenBucket(time, limits.MessageBurst, limits.MessagesPerSecond);
        Renames = new TokenBucket(time, limits.RenameBurst, limits.RenamesPerSecond);
    }

    /// <summary>The number: never used again in the room.</summary>
    public int Id { get; }

    public string Name => NameAndSkeleton.Text;

    /// <summary>The secret by which the member comes back.</summary>
    internal string Token { get; }

    /// <summary>The latest event before the member came: nothing earlier is theirs to see.</summary>
    internal long Since { get; }

    internal MemberName NameAndSkeleton { get; set; }

    /// <summary>The connection; null while away. Who has none is not present.</summary>
    internal Outbox? Outbox { get; set; }

    internal DateTimeOffset AwaySince { get; set; }
    internal long N { get; set; }

    internal TokenBucket Messages { get; }

    internal TokenBucket Renames { get; }
}

/// <summary>A member and the connection it has: what a connection needs to act for the member, as long as it is the member's own.</summary>
public readonly record struct MemberConnection(Member Member, Outbox Outbox);

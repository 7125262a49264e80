using System.Text.Json.Serialization;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>What the room sends to a member. The JSON property <c>type</c> names the kind.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(Welcome), "welcome")]
[JsonDerivedType(typeof(Refused), "refused")]
[JsonDerivedType(typeof(Pong), "pong")]
[JsonDerivedType(typeof(Said), "said")]
[JsonDerivedType(typeof(Joined), "joined")]
[JsonDerivedType(typeof(Left), "left")]
[JsonDerivedType(typeof(Renamed), "renamed")]
[JsonDerivedType(typeof(Away), "away")]
[JsonDerivedType(typeof(Back), "back")]
[JsonDerivedType(typeof(Closed), "closed")]
public abstract record RoomMessage
{
    private byte[]? _json;

    /// <summary>The message as JSON in UTF-8, made once however many members it goes to.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Json => _json ??= ChatJson.Write(this);
}

/// <summary>Something that happened in the room, told to everybody in it.</summary>
public abstract record RoomEvent : RoomMessage
{
    /// <summary>Its number: 1 for the first event of the room, one more for each that follows.</summary>
    public required long Seq { get; init; }
}

public abstract record MemberEvent : RoomEvent
{
    public required int Id { get; init; }

    /// <summary>The member's name when it happened, as the room knows it; never what a message says.</summary>
    public required string Name { get; init; }
}

public sealed record Said : MemberEvent
{
    public required string Text { get; init; }

    /// <summary>The number the sender gave it; see <see cref="Say.N"/>.</summary>
    public required long N { get; init; }
}

public sealed record Joined : MemberEvent;

/// <summary>Somebody went, or stayed away for too long.</summary>
public sealed record Left : MemberEvent;

public sealed record Renamed : MemberEvent
{
    public required string OldName { get; init; }
}

/// <summary>A member's connection broke; the seat is kept for a while.</summary>
public sealed record Away : MemberEvent;

public sealed record Back : MemberEvent;

/// <summary>The room was closed; the last event there is.</summary>
public sealed record Closed : RoomEvent;

/// <summary>The first message to who has joined, or has come back.</summary>
public sealed record Welcome : RoomMessage
{
    public required int Id { get; init; }
    public required string Name { get; init; }

    /// <summary>What lets the member, and nobody else, come back to the seat.</summary>
    public required string Token { get; init; }

    /// <summary>Every event with a higher number follows, without a hole.</summary>
    public required long Since { get; init; }

    /// <summary>The latest event at this moment; <see cref="Members"/> is as it left it. What follows up to this number is about the past.</summary>
    public required long Seq { get; init; }

    /// <summary>The highest number of a message of this member that the room has dealt with.</summary>
    public required long N { get; init; }

    /// <summary>For who has come back: whether everything that happened meanwhile follows.</summary>
    public bool? CaughtUp { get; init; }
    public required IReadOnlyList<Present> Members { get; init; }
}

/// <summary>A row of the member list.</summary>
/// <param name="Id">The member's number.</param>
/// <param name="Name">The member's name.</param>
/// <param name="Away">Whether the member's connection is broken at present.</param>
public sealed record Present(int Id, string Name, bool Away);

/// <summary>The room did not do what was asked.</summary>
/// <param name="Code">A stable name of the reason; see <see cref="RefusalCodes"/>.</param>
/// <param name="Phrase">A sentence for a person.</param>
/// <param name="N">The number of the message that was refused.</param>
public sealed record Refused(string Code, [property: JsonIgnore] Phrase Phrase, long? N = null) : RoomMessage
{
    /// <summary>The sentence, in English unless it is <see cref="In"/> another language.</summary>
    public string Reason { get; private init; } = Phrase.ToString();

    public Refused In(Language language) => new(Code, Phrase, N) { Reason = language.Say(Phrase) };
}

public sealed record Pong : RoomMessage;

public static class RefusalCodes
{
    /// <summary>Not a message the room knows; the connection is closed.</summary>
    public const string Malformed = "malformed";

    /// <summary>Nothing can be done before joining.</summary>
    public const string NotJoined = "not-joined";

    /// <summary>This connection has joined already.</summary>
    public const string AlreadyJoined = "already-joined";

    public const string InvalidName = "invalid-name";

    /// <summary>The name, or one that looks like it, is somebody else's.</summary>
    public const string NameInUse = "name-in-use";

    public const string Empty = "empty";
    public const string TooLong = "too-long";

    public const string TooFast = "too-fast";
    public const string Full = "full";

    /// <summary>The seat is no longer kept.</summary>
    public const string SeatGone = "seat-gone";
    public const string RoomClosed = "room-closed";
}

using System.Text.Json.Serialization;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>What a member sends to the room. The JSON property <c>type</c> names the kind; properties nobody knows are refused.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(Join), "join")]
[JsonDerivedType(typeof(Say), "say")]
[JsonDerivedType(typeof(Rename), "rename")]
[JsonDerivedType(typeof(Ping), "ping")]
public abstract record ClientMessage;

/// <summary>Asks to be let in: as somebody new, or back to a seat.</summary>
public sealed record Join : ClientMessage
{
    /// <summary>The name asked for; without it the room draws one.</summary>
    public string? Name { get; init; }

    /// <summary>The token of the seat to come back to; see <see cref="Welcome.Token"/>.</summary>
    public string? Token { get; init; }
    public long? Seen { get; init; }
}

public sealed record Say : ClientMessage
{
    /// <summary>A number higher than that of the member's message before. One that is not higher was sent before and is not said again.</summary>
    public required long N { get; init; }

    public required string Text { get; init; }
}

public sealed record Rename : ClientMessage
{
    public required string Name { get; init; }
}

/// <summary>Asks for a <see cref="Pong"/>: keeps the circuit busy, and shows that it works.</summary>
public sealed record Ping : ClientMessage;

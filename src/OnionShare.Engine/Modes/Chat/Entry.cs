namespace OnionShare.Engine.Modes.Chat;

/// <summary>A member and the connection it has: what a connection needs to act for the member, as long as it is the member's own.</summary>
/// <param name="Member">The member.</param>
/// <param name="Outbox">What is to be sent over the connection.</param>
public readonly record struct Entry(Member Member, Outbox Outbox);

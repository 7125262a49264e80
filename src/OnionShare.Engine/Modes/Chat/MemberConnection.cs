namespace OnionShare.Engine.Modes.Chat;

/// <summary>A member and the connection it has: what a connection needs to act for the member, as long as it is the member's own.</summary>
public readonly record struct MemberConnection(Member Member, Outbox Outbox);

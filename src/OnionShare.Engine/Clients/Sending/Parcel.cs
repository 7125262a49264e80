using OnionShare.Engine.Files;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>Something to send: a file, a folder as a zip of it, or the message.</summary>
/// <param name="Content">Its bytes.</param>
/// <param name="Name">The name it is sent under.</param>
/// <param name="Path">Its local path; null for the message.</param>
internal sealed record Parcel(IContent Content, string Name, string? Path);

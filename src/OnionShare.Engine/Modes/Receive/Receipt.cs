namespace OnionShare.Engine.Modes.Receive;

public sealed record Receipt(IReadOnlyList<string> Files, bool HasMessage, long Bytes)
{
    /// <summary>What the files are called on the disk; otherwise than their sender calls them when they are encrypted.</summary>
    public IReadOnlyList<string> Saved { get; init; } = Files;

    /// <summary>What was saved, in words: <c>2 files and a message</c>.</summary>
    public string Words => (Files.Count, HasMessage) switch
    {
        (0, _) => "a message",
        (1, false) => "1 file",
        (1, true) => "1 file and a message",
        (var count, false) => $"{count:N0} files",
        (var count, true) => $"{count:N0} files and a message",
    };

    /// <summary>A name for something of several files: the first, and how many more.</summary>
    public static string NameOf(string first, int count) => count > 1 ? $"{first} and {count - 1} more" : first;
}

namespace OnionShare.Engine.Modes.Receive;

public sealed record Receipt(IReadOnlyList<string> Files, bool HasMessage, long Bytes)
{
    /// <summary>What the files are called on the disk; otherwise than their sender calls them when they are encrypted.</summary>
    public IReadOnlyList<string> Saved { get; init; } = Files;

    /// <summary>What arrived, one by one, with its SHA-256; null when the service gives no receipts.</summary>
    public IReadOnlyList<ReceiptLine>? Lines { get; init; }

    /// <summary>What there is to tell of files that arrived.</summary>
    internal static Receipt Of(IReadOnlyCollection<SubmittedFile> files, long bytes, bool withLines) =>
        new([.. files.Where(file => !file.IsMessage).Select(file => file.Shown)], files.Any(file => file.IsMessage), bytes)
        {
            Saved = [.. files.Where(file => !file.IsMessage).Select(file => file.Final)],
            Lines = withLines ? [.. files.Select(file => new ReceiptLine(file.Shown, file.IsMessage, file.Length ?? file.Taken, file.Sha256))] : null,
        };

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

/// <summary>A file, or the message, that has arrived.</summary>
/// <param name="Name">What its sender is told it is called.</param>
/// <param name="IsMessage">Whether it is the message.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="Sha256">Its SHA-256; null when it was taken away before that was known.</param>
public sealed record ReceiptLine(string Name, bool IsMessage, long Length, byte[]? Sha256);

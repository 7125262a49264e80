namespace OnionShare.Engine.Files.Native;

public enum FileKind
{
    File,
    Folder,
    Link,

    /// <summary>A pipe, socket or device: reading one may block for ever or have effects.</summary>
    Special,
}

/// <summary>
/// The state of a file by which a change of its bytes is noticed: size, time of modification and number. Its permissions, its owner and how many
/// names it has may change under a transfer (<c>chmod</c>, a snapshot of hard links, a virus scanner) and harm nothing.
/// </summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Its size in bytes; 0 for all but files.</param>
/// <param name="ModifiedTicks">When its bytes last changed: <see cref="DateTime.Ticks"/>, UTC.</param>
/// <param name="ChangedTicks">
/// Linux: when its inode last changed, which no program can set back; it changes with much that is no byte of the file, too. 0 elsewhere.
/// </param>
/// <param name="Mode">The permission bits (0777); a fixed, harmless value on Windows.</param>
public readonly record struct FileStat(FileKind Kind, long Length, long ModifiedTicks, long ChangedTicks, UnixFileMode Mode)
{
    /// <summary>
    /// The number the file system knows it by, so that another file of that size and time under its name is noticed. 0 where there is none that
    /// stays: on Windows, where it costs a handle for each file, on file systems that make numbers up as they go, and of a file without any name left.
    /// </summary>
    public ulong Number { get; init; }

    /// <summary>When its bytes last changed, UTC.</summary>
    public DateTimeOffset LastModified => new(ModifiedTicks, TimeSpan.Zero);

    /// <summary>Whether a file in the state of <paramref name="other"/> has the same bytes.</summary>
    public bool HasBytesOf(in FileStat other) =>
        Kind == other.Kind && Length == other.Length && ModifiedTicks == other.ModifiedTicks && Number == other.Number;

    internal static long TicksOf(long seconds, long nanoseconds) => seconds switch
    {
        < -62_135_596_800 => 0,
        > 253_402_300_799 => DateTime.MaxValue.Ticks,
        _ => DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100),
    };
}

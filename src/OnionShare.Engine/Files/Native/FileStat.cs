namespace OnionShare.Engine.Files.Native;

public enum FileKind
{
    File,
    Folder,
    Link,

    /// <summary>A pipe, socket or device: reading one may block for ever or have effects.</summary>
    Special,
}

/// <summary>The state of a file by which a change of its bytes is noticed.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Its size in bytes; 0 for all but files.</param>
/// <param name="ModifiedTicks">When its bytes last changed: <see cref="DateTime.Ticks"/>, UTC.</param>
/// <param name="ChangedTicks">
/// Linux: when its inode last changed, which no program can set back. 0 elsewhere: macOS moves it when a file is merely looked at in
/// Finder, and on Windows it costs a handle for each file.
/// </param>
/// <param name="Mode">The permission bits (0777); a fixed, harmless value on Windows.</param>
public readonly record struct FileStat(FileKind Kind, long Length, long ModifiedTicks, long ChangedTicks, UnixFileMode Mode)
{
    /// <summary>When its bytes last changed, UTC.</summary>
    public DateTimeOffset LastModified => new(ModifiedTicks, TimeSpan.Zero);

    /// <summary>Whether a file in the state of <paramref name="other"/> has the same bytes.</summary>
    public bool HasBytesOf(in FileStat other) =>
        Kind == other.Kind && Length == other.Length && ModifiedTicks == other.ModifiedTicks && ChangedTicks == other.ChangedTicks;

    internal static long TicksOf(long seconds, long nanoseconds) => seconds switch
    {
        < -62_135_596_800 => 0,
        > 253_402_300_799 => DateTime.MaxValue.Ticks,
        _ => DateTime.UnixEpoch.Ticks + (seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100),
    };
}

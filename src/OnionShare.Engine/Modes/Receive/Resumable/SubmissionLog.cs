using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// What the disk keeps of a submission that comes in piece by piece, beside the files themselves: a file of JSON lines in the inbox's hidden
/// folder, to which each change adds one. The last line about an upload holds; how far it is tells its file. The time the log was written
/// last is when somebody went on last.
/// </summary>
internal sealed class SubmissionLog(Inbox inbox, string id)
{
    /// <summary>How a log's name ends.</summary>
    public const string End = ".jsonl";

    private readonly string _path = Path.Combine(inbox.HiddenPath, id + End);
    private readonly Lock _lock = new();

    /// <summary>Adds lines; the first ones make the log.</summary>
    /// <exception cref="StorageException">The disk does not take them.</exception>
    public void Append(params IReadOnlyList<LogLine> lines)
    {
        var text = new MemoryStream();
        foreach (var line in lines)
        {
            JsonSerializer.Serialize(text, line, LogJson.Default.LogLine);
            text.WriteByte((byte)'\n');
        }

        lock (_lock)
        {
            try
            {
                inbox.HiddenFolder();
                using var file = Open();
                file.Write(text.GetBuffer().AsSpan(0, (int)text.Length));
            }
            catch (Exception failure) when (StorageException.Is(failure))
            {
                throw new StorageException(failure);
            }
        }
    }

    /// <summary>Its lines, in order; none when there is no log. A last line that was cut off is left out.</summary>
    /// <exception cref="StorageException">It can't be read.</exception>
    public IReadOnlyList<LogLine> Read()
    {
        var lines = new List<LogLine>();
        try
        {
            foreach (var line in File.ReadLines(_path)) lines.Add(JsonSerializer.Deserialize(line, LogJson.Default.LogLine)!);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException)
        {
            // Written when the engine was killed: what it says was not answered yet.
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }

        return lines;
    }

    /// <summary>
    /// Notes up to where a partial file is good while a piece with a checksum comes in behind; null when none does any more. It has a small
    /// file of its own, so that a thousand pieces don't make a long log.
    /// </summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public void Mark(int number, long? good)
    {
        try
        {
            var path = MarkPath(number);
            if (good is not { } offset)
            {
                File.Delete(path);
                return;
            }

            using (var file = UserOnlyFile.Create(path + UserOnlyFile.Unfinished)) file.Write(Encoding.ASCII.GetBytes(offset.ToString(CultureInfo.InvariantCulture)));
            UserOnlyFile.Replace(path + UserOnlyFile.Unfinished, path);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <summary>What <see cref="Mark"/> noted; null when all of a partial file is good.</summary>
    /// <exception cref="StorageException">It can't be read.</exception>
    public long? Marked(int number)
    {
        try
        {
            // Cut off while it was written: nothing behind it had come then, but how much is good it does not say.
            return File.Exists(MarkPath(number)) ? long.TryParse(File.ReadAllText(MarkPath(number)), CultureInfo.InvariantCulture, out var good) ? good : 0 : null;
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new StorageException(failure);
        }
    }

    /// <summary>Notes that somebody has gone on now.</summary>
    public void Touch(DateTimeOffset now)
    {
        lock (_lock)
        {
            try
            {
                File.SetLastWriteTimeUtc(_path, now.UtcDateTime);
            }
            catch (Exception failure) when (StorageException.Is(failure))
            {
                // It will be given up a little earlier.
            }
        }
    }

    /// <summary>When somebody went on last; null when there is no log.</summary>
    public DateTimeOffset? Touched => File.Exists(_path) ? new DateTimeOffset(File.GetLastWriteTimeUtc(_path)) : null;

    public void Delete()
    {
        lock (_lock)
        {
            try
            {
                File.Delete(_path);
            }
            catch (Exception failure) when (StorageException.Is(failure))
            {
                // The disk takes no changes, or the inbox is gone: it is removed when it has expired.
            }
        }
    }

    private string MarkPath(int number) => $"{_path}.{number.ToString(CultureInfo.InvariantCulture)}";

    private FileStream Open() => File.Exists(_path)
        ? new FileStream(_path, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 })
        : UserOnlyFile.CreateNew(_path);
}

/// <summary>A line of a <see cref="SubmissionLog"/>: of the submission, or of one of its uploads.</summary>
internal sealed record LogLine
{
    /// <summary>The submission's folder, relative to the inbox.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether it is one file, of a client that knows nothing of submissions, and so is complete with it.</summary>
    public bool IsSingle { get; init; }

    public UploadLine? Upload { get; init; }
}

/// <summary>How one upload stands.</summary>
/// <param name="Number">Its number in its submission, from 0.</param>
/// <param name="Length">The length it will have, in bytes.</param>
/// <param name="IsMessage">Whether it is the message.</param>
/// <param name="Final">The name of the whole file.</param>
/// <param name="Partial">The name of the partial file.</param>
/// <param name="Metadata">What the client said of it, as it said it.</param>
/// <param name="IsWhole">Whether it is whole.</param>
/// <param name="IsGone">Whether it was taken back.</param>
/// <param name="Sha256">The SHA-256 of what arrived; null when it is not whole, or nobody asked for it.</param>
internal sealed record UploadLine(
    int Number, long Length, bool IsMessage, string Final, string Partial, string? Metadata, bool IsWhole, bool IsGone, byte[]? Sha256 = null);

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(LogLine))]
internal sealed partial class LogJson : JsonSerializerContext;

using System.Security.Cryptography;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>
/// The submissions that come in piece by piece: in memory while something comes, and in the inbox's hidden folder <c>.uploads</c>, one small
/// file each, so that they go on after the service was started anew. Abandoned ones are given up.
/// </summary>
internal sealed class ResumableStore(ReceiveParts parts, ServiceContext service) : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    /// <summary>Submissions known at once; more are refused.</summary>
    public const int Most = 20_000;
    public const int MostUploads = 10_000;

    private const int IdLength = 32;
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ExpireEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan QuietAtEnd = TimeSpan.FromSeconds(30);

    private readonly string _folder = Path.Combine(parts.Inbox.FullPath, ".uploads");
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResumableSubmission> _known = [];
    private readonly CancellationTokenSource _ending = new();
    private Task _watch = Task.CompletedTask;

    /// <summary>Gives up what was abandoned, and watches from now on.</summary>
    public void Open()
    {
        Expire();
        _watch = Task.Run(() => WatchAsync(_ending.Token));
    }

    /// <summary>A new submission, not idle until it is disposed by who asked for it.</summary>
    /// <exception cref="UploadRefusedException">There are too many.</exception>
    public IDisposable Create(bool isSingle, out ResumableSubmission submission)
    {
        submission = new ResumableSubmission(parts, service, RandomNumberGenerator.GetHexString(IdLength, lowercase: true), isSingle);
        lock (_lock)
        {
            if (_known.Count >= Most) throw UploadRefusedException.Busy();
            _known.Add(submission.Id, submission);
            return submission.Touch();
        }
    }

    /// <summary>The submission of that name, not idle until what is returned is disposed; null if there is none.</summary>
    public IDisposable? Find(string? id, out ResumableSubmission submission)
    {
        submission = null!;
        if (id is not { Length: IdLength } || id.AsSpan().ContainsAnyExcept("0123456789abcdef")) return null;
        lock (_lock)
        {
            if (_known.TryGetValue(id, out var known))
            {
                submission = known;
                return submission.Touch();
            }

            if (Read(StatePath(id)) is not { } state || state.Expires < service.Time.GetUtcNow()) return null;
            submission = _known[id] = ResumableSubmission.Of(state, parts, service);
            return submission.Touch();
        }
    }

    /// <summary>Writes down how a submission stands.</summary>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public void Save(ResumableSubmission submission)
    {
        submission.PutOffEnd();
        try
        {
            if (submission.Uploads.Count == 0)
            {
                File.Delete(StatePath(submission.Id));
                return;
            }

            if (!Directory.Exists(_folder) && FolderSystem.TryCreate(_folder) && OperatingSystem.IsWindows())
                File.SetAttributes(_folder, File.GetAttributes(_folder) | FileAttributes.Hidden);
            var written = StatePath(submission.Id) + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(written, options)) JsonSerializer.Serialize(file, submission.State, StateJson.Default.SubmissionState);
            File.Move(written, StatePath(submission.Id), overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(failure as IOException ?? new IOException(failure.Message, failure));
        }
    }

    /// <summary>Ends the watch; what can go on later stays, what is finished is forgotten.</summary>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _watch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
        foreach (var submission in Known()) submission.Suspend();
        if (!Directory.Exists(_folder)) return;
        foreach (var path in StateFiles().Where(path => Read(path) is { IsComplete: true })) File.Delete(path);
        try
        {
            Directory.Delete(_folder);
        }
        catch (IOException)
        {
            // Uploads that can go on are in it.
        }
    }

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var lastExpiry = service.Time.GetTimestamp();
        while (true)
        {
            await Task.Delay(LookEvery, service.Time, cancellationToken);
            LetGo();
            if (service.Time.GetElapsedTime(lastExpiry) < ExpireEvery) continue;
            lastExpiry = service.Time.GetTimestamp();
            Expire();
        }
    }

    /// <summary>Lists what has become quiet as broken off, and forgets it here: it is on the disk.</summary>
    internal void LetGo()
    {
        var quiet = service.IsDraining ? QuietAtEnd : Quiet;
        foreach (var submission in Known())
        {
            lock (_lock)
            {
                if (!(submission.Idle > quiet)) continue;
                _known.Remove(submission.Id);
            }

            submission.Suspend();
        }
    }

    internal void Expire()
    {
        if (!Directory.Exists(_folder)) return;
        foreach (var path in StateFiles())
        {
            if (Read(path) is not { } state || state.Expires >= service.Time.GetUtcNow()) continue;
            lock (_lock)
            {
                if (_known.ContainsKey(state.Id)) continue;
            }

            if (!state.IsComplete) ResumableSubmission.Of(state, parts, service).GiveUp();
            File.Delete(path);
        }
    }

    private ResumableSubmission[] Known()
    {
        lock (_lock) return [.. _known.Values];
    }

    private string[] StateFiles() => Directory.GetFiles(_folder, "*.json");

    private string StatePath(string id) => Path.Combine(_folder, id + ".json");

    private SubmissionState? Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            return JsonSerializer.Deserialize(file, StateJson.Default.SubmissionState);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception broken) when (broken is JsonException or IOException or UnauthorizedAccessException)
        {
            service.Warn($"An upload can't go on, its state can't be read: {RemoteText.Show(broken.Message)}");
            return null;
        }
    }
}

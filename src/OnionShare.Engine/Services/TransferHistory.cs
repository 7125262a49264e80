using System.Text;
using System.Text.Json;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Services;

/// <summary>
/// The transfers of services that ask for it, kept on the disk when they have ended: <c>history.jsonl</c> in the state folder, user-only, one
/// <see cref="Transfer"/> in JSON a line; the latest line of a transfer is the one that holds. It has no link, password or key. When it has grown to
/// 16 MiB the older half goes.
/// </summary>
public sealed class TransferHistory
{
    private const long MostBytes = 16 * 1024 * 1024;

    private readonly string _folder;
    private readonly string _path;
    private readonly EventHub _events;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly HashSet<string> _keeping = [];
    private readonly HashSet<string> _warned = [];
    private readonly long _mostBytes;

    internal TransferHistory(string stateFolder, EventHub events, TimeProvider time, long mostBytes = MostBytes)
    {
        (_folder, _path) = (stateFolder, StatePaths.HistoryFile(stateFolder));
        (_events, _time, _mostBytes) = (events, time, mostBytes);
        events.Published += Take;
    }

    /// <summary>All that was kept, oldest first.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.StateFolder"/>: it can't be read.</exception>
    public IReadOnlyList<Transfer> Read()
    {
        lock (_lock)
        {
            return Try("read", () =>
            {
                var all = new Dictionary<(string, long), Transfer>();
                foreach (var line in Lines())
                    if (Parse(line) is { } transfer) all[(transfer.ServiceId, transfer.Id)] = transfer;
                return (IReadOnlyList<Transfer>)[.. all.Values.OrderBy(transfer => transfer.StartedAt)];
            });
        }
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.StateFolder"/>: it is still there.</exception>
    public void Clear()
    {
        lock (_lock)
        {
            Try("deleted", () =>
            {
                if (!File.Exists(_path)) return false;
                File.Delete(_path);
                UserOnlyFile.FlushFolder(_folder);
                return true;
            });
        }
    }

    private void Take(EngineEvent happened)
    {
        if (happened is ServiceChanged { Service: var service })
        {
            lock (_lock)
            {
                if (service.KeepsHistory)
                    _keeping.Add(service.Id);
                else
                    _keeping.Remove(service.Id);
            }
        }
        else if (happened is TransferChanged { Transfer: { IsEnded: true } transfer })
        {
            Problem? failure;
            lock (_lock)
            {
                if (!_keeping.Contains(transfer.ServiceId)) return;
                failure = TryAppend(transfer);
                if (failure is null || !_warned.Add(transfer.ServiceId)) return;
            }

            _events.Publish(new ServiceWarned { Time = _time.GetUtcNow(), ServiceId = transfer.ServiceId, ServiceName = transfer.ServiceName, Message = failure.Detail });
        }
    }

    private Problem? TryAppend(Transfer transfer)
    {
        try
        {
            return Try("written", () =>
            {
                PrivateFolder.Ensure(_folder);
                using (var file = new FileStream(_path, UserOnlyFile.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite)))
                {
                    // A power cut may have left half a line.
                    var isOpenLine = file.Length > 0 && file.Seek(-1, SeekOrigin.End) >= 0 && file.ReadByte() != '\n';
                    file.Seek(0, SeekOrigin.End);
                    file.Write([.. isOpenLine ? "\n"u8 : default, .. JsonSerializer.SerializeToUtf8Bytes(transfer, ContractsJson.Default.Transfer), (byte)'\n']);
                }

                if (new FileInfo(_path).Length > _mostBytes) Shorten();
                return (Problem?)null;
            });
        }
        catch (ProblemException failure)
        {
            return failure.Problem;
        }
    }

    private void Shorten()
    {
        var lines = Lines().ToList();
        UserOnlyFile.Write(_path, Encoding.UTF8.GetBytes(string.Concat(lines.Skip(lines.Count / 2).Select(line => line + '\n'))));
    }

    private IEnumerable<string> Lines() => File.Exists(_path) ? File.ReadLines(_path) : [];

    // Half a line, or one of a later version, is passed over.
    private static Transfer? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, ContractsJson.Default.Transfer);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private T Try<T>(string verb, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(
                ProblemCodes.StateFolder, $"The history can't be {verb} in '{RemoteText.Show(_path)}': {failure.Message}",
                "Check the disk's free space and that the folder is yours.", _path, cause: failure);
        }
    }
}

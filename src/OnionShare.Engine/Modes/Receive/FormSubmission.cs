using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>One submission while its form comes in: its folder, its files, its place in the list of transfers.</summary>
internal sealed class FormSubmission(ReceiveParts parts, ServiceContext service, long? expected)
{
    private readonly List<UploadPaths> _done = [];
    private SubmissionFolder? _folder;
    private ActiveTransfer? _transfer;
    private IncomingFile? _current;
    private bool _hasMessage;
    private long _bytes;

    public bool HasContent => _folder is not null;

    public void Begin(string? name, bool isMessage)
    {
        _folder ??= parts.Inbox.NewSubmission();
        var paths = _folder.Reserve(isMessage ? MessageText.FileName : name);
        _current = IncomingFile.Create(paths, parts.Buffers, parts.Disk);
        _hasMessage |= isMessage;
        var title = Receipt.NameOf([.. _done.Append(paths).Select(file => file.Name)]);
        _transfer ??= service.Transfers.Begin(TransferDirection.Upload, title, expected);
        _transfer.Describe(title, expected);
    }

    /// <summary>Where to read more of the file begun last to; never empty.</summary>
    public Memory<byte> Free => _current!.Free;

    /// <summary>Takes what was read into <see cref="Free"/>.</summary>
    /// <exception cref="UploadRefusedException">It is more than a limit allows.</exception>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public ValueTask TakeAsync(int count)
    {
        var request = parts.Request;
        if (_current!.Length + count > request.MaxFileSize) throw UploadRefusedException.FileTooLarge(request.MaxFileSize.Value);
        if (_bytes + count > request.MaxSubmissionSize) throw UploadRefusedException.SubmissionTooLarge(request.MaxSubmissionSize.Value);
        parts.Intake.Take(count);
        _bytes += count;
        _transfer!.Report(_bytes);
        return _current.AdvanceAsync(count);
    }

    /// <summary>The file begun last is whole.</summary>
    public async Task EndAsync()
    {
        await _current!.CompleteAsync();
        _done.Add(_current.Paths);
        _current = null;
    }

    public async Task<Receipt> CompleteAsync()
    {
        await parts.Disk.RunAsync(_folder!.Flush);
        var names = _done.Select(file => file.Name).Where(name => !(_hasMessage && name == MessageText.FileName));
        var receipt = new Receipt([.. names], _hasMessage, _bytes);
        _transfer!.Describe(Receipt.NameOf([.. _done.Select(file => file.Name)]), _bytes);
        _transfer.Report(_bytes);
        _transfer.Complete([.. _done.Select(file => file.Final)]);
        return receipt;
    }

    /// <summary>It is not taken: nothing of it stays.</summary>
    public async Task RefuseAsync(string why)
    {
        if (_current is not null) await _current.DiscardAsync();
        foreach (var file in _done) File.Delete(file.Final);
        _folder?.RemoveIfEmpty();
        parts.Intake.GiveBack(_bytes);
        _transfer?.Fail(why);
    }

    /// <summary>The visitor hung up: what is whole stays, and what is not stays as partial file unless that is not wanted.</summary>
    public async Task CutAsync()
    {
        var left = _done.Select(file => file.Final).ToList();
        if (_current is not null)
        {
            if (parts.Request.DiscardPartial)
            {
                parts.Intake.GiveBack(_current.Length);
                await _current.DiscardAsync();
            }
            else
            {
                await _current.DisposeAsync();
                left.Add(_current.Paths.Partial);
            }
        }

        if (left.Count == 0) _folder?.RemoveIfEmpty();
        _transfer?.Cancel(left);
    }
}

/// <summary>What the parts of a receive service share.</summary>
internal sealed record ReceiveParts(ReceiveRequest Request, Inbox Inbox, Intake Intake, WriteBuffers Buffers, DiskFlush Disk);

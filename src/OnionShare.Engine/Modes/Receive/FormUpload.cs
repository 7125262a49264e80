namespace OnionShare.Engine.Modes.Receive;

/// <summary>A submission while its form comes in: one file after the other.</summary>
internal sealed class FormUpload(ReceiveParts parts, long? expected)
{
    private readonly Submission _submission = new(parts, isForm: true);
    private SubmittedFile? _file;
    private IncomingFile? _incoming;

    /// <summary>Whether something was submitted.</summary>
    public bool HasContent => _submission.Folder is not null;

    /// <exception cref="UploadRefusedException">It is not wanted, or too much.</exception>
    /// <exception cref="StorageException">The disk does not take it.</exception>
    public void Begin(string? name, bool isMessage)
    {
        _file = _submission.Add(name, isMessage);
        _incoming = _submission.Open(_file, 0);
        _submission.Show(expected);
    }

    /// <summary>Where to read more of the file begun last to; never empty.</summary>
    public Memory<byte> Free => _incoming!.Free;

    /// <summary>Takes what was read into <see cref="Free"/>.</summary>
    /// <exception cref="UploadRefusedException">It is more than a limit allows.</exception>
    /// <exception cref="StorageException">The disk did not take it.</exception>
    public ValueTask TakeAsync(int count)
    {
        _submission.Take(_file!, _incoming!.Length, count);
        return _incoming.AdvanceAsync(count);
    }

    /// <exception cref="StorageException">The disk did not take it.</exception>
    public async Task EndAsync()
    {
        await _submission.CompleteAsync(_file!, _incoming!, renamed: () => { });
        _incoming = null;
    }

    /// <exception cref="StorageException">The disk did not take it.</exception>
    public Task<Receipt> CompleteAsync() => _submission.CompleteAsync();

    /// <summary>It is not taken: nothing of it stays.</summary>
    public async Task RefuseAsync(string why)
    {
        if (_incoming is not null) await _incoming.DisposeAsync();
        _submission.Refuse(why);
    }

    /// <summary>The visitor hung up: what is whole stays, and what is not stays as partial file unless that is not wanted.</summary>
    public async Task CutAsync()
    {
        if (_incoming is not null) await _incoming.DisposeAsync();
        _submission.GiveUp();
    }
}

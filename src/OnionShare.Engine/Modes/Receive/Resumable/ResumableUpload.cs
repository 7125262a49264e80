namespace OnionShare.Engine.Modes.Receive.Resumable;

/// <summary>One file, or the message, of a submission that comes in piece by piece.</summary>
internal sealed class ResumableUpload(string name, long length, bool isMessage)
{
    private readonly SemaphoreSlim _writer = new(1);
    private readonly Lock _lock = new();
    private CancellationTokenSource? _writing;
    private IncomingFile? _visible;
    private long _offset;

    public string Name { get; } = name;
    public long Length { get; } = length;
    public bool IsMessage { get; } = isMessage;

    /// <summary>Where it lies; null while nothing has arrived.</summary>
    public UploadPaths? Paths { get; set; }
    public bool IsDone { get; set; }
    public bool IsGone { get; set; }
    public long? Good { get; set; }

    public long Offset
    {
        get { lock (_lock) return IsDone ? Length : _visible?.Written ?? _offset; }
        set { lock (_lock) _offset = value; }
    }

    /// <summary>
    /// Becomes the one who writes. Somebody who writes still is a connection that broke without anybody noticing: it is cut.
    /// </summary>
    public async Task<Writing> TakeOverAsync(CancellationToken cancellationToken)
    {
        lock (_lock) _writing?.Cancel();
        await _writer.WaitAsync(cancellationToken);
        var cut = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock) _writing = cut;
        return new Writing(this, cut);
    }

    public void Follow(IncomingFile? file)
    {
        lock (_lock)
        {
            if (file is null && _visible is not null) _offset = _visible.Written;
            _visible = file;
        }
    }

    public UploadState State => new()
    {
        Name = Name,
        Length = Length,
        IsMessage = IsMessage,
        Partial = Paths is null ? null : Path.GetFileName(Paths.Partial),
        Final = Paths?.Name,
        IsDone = IsDone,
        IsGone = IsGone,
        Good = Good,
    };

    /// <summary>An upload as it was kept, with what the disk has of it.</summary>
    public static ResumableUpload Of(UploadState state, string? folder)
    {
        var upload = new ResumableUpload(state.Name, state.Length, state.IsMessage) { IsGone = state.IsGone };
        if (folder is null || state.Partial is null || state.Final is null) return upload;
        upload.Paths = new UploadPaths(Path.Combine(folder, state.Partial), Path.Combine(folder, state.Final));
        var partial = new FileInfo(upload.Paths.Partial);
        // The name is given before that is noted here.
        upload.IsDone = state.IsDone || (!partial.Exists && File.Exists(upload.Paths.Final));
        // Neither there nor whole: somebody has removed it, and the visitor has to start anew.
        if (!upload.IsDone && !partial.Exists) upload.IsGone = true;
        else if (!upload.IsDone) upload.Offset = Math.Min(Math.Min(partial.Length, state.Length), state.Good ?? long.MaxValue);
        return upload;
    }

    /// <summary>The right to write; dispose to give it back.</summary>
    public sealed class Writing(ResumableUpload upload, CancellationTokenSource cut) : IDisposable
    {
        /// <summary>Cancelled when somebody else takes over.</summary>
        public CancellationToken Cut => cut.Token;

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (upload._lock) upload._writing = null;
            cut.Dispose();
            upload._writer.Release();
        }
    }
}

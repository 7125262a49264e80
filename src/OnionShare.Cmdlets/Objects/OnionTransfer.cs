namespace OnionShare;

/// <summary>One download or one upload as it stood when this object was made.</summary>
public sealed class OnionTransfer
{
    private readonly Transfer _transfer;

    internal OnionTransfer(Transfer transfer) => _transfer = transfer;

    /// <summary>Its number, counted from 1 within its service.</summary>
    public long Id => _transfer.Id;
    public string Service => _transfer.ServiceName;
    public string ServiceId => _transfer.ServiceId;

    /// <summary>What is transferred, fit to be shown anywhere.</summary>
    public string Name => RemoteText.Show(_transfer.Name);

    /// <summary>Which way its bytes go, seen from this computer.</summary>
    public string Direction => _transfer.Direction.ToString();
    public string State => _transfer.State.ToString();

    /// <summary>Bytes handed over so far.</summary>
    public long Bytes => _transfer.Bytes;

    /// <summary>Bytes it will have when complete; null when that is not known.</summary>
    public long? TotalBytes => _transfer.TotalBytes;

    /// <summary>How far it is, 0 to 100; null when the total is not known.</summary>
    public double? Percent => _transfer switch
    {
        { State: TransferState.Completed } => 100,
        { TotalBytes: > 0 and var total } => Math.Round(Math.Min(100d, 100d * _transfer.Bytes / total), 1),
        _ => null,
    };

    /// <summary>Where in the whole it starts, in bytes; more than 0 for a resumed download.</summary>
    public long Offset => _transfer.Offset;

    /// <summary>When it began, in local time.</summary>
    public DateTime StartedAt => _transfer.StartedAt.LocalDateTime;

    /// <summary>When it ended, in local time.</summary>
    public DateTime? EndedAt => _transfer.EndedAt?.LocalDateTime;

    /// <summary>
    /// The files of a completed upload, for the parameter -Path of other commands: Move-Item, Get-Item and the like take it, from the
    /// pipeline too, and mean exactly these files, since characters that would be wildcards are escaped. Empty for anything else.
    /// </summary>
    public OnionTexts Path => new(_transfer is { Direction: TransferDirection.Upload, State: TransferState.Completed }
        ? _transfer.Paths.Select(WildcardPattern.Escape)
        : []);

    /// <summary>
    /// Local paths of what was received as they are, for -LiteralPath; of an upload that was cut, what of it is there.
    /// </summary>
    public OnionTexts Paths => new(_transfer.Paths);

    /// <summary>The SHA-256 of the whole that was transferred; null while it is not known.</summary>
    public string? Sha256 => _transfer.Sha256;

    /// <summary>Whether the other side told that it has read the whole to its end, and that it is right.</summary>
    public bool IsVerified => _transfer.IsVerified;

    /// <summary>Why it failed, fit to be shown.</summary>
    public string? Error => _transfer.Error is { } error ? RemoteText.Show(error, 1000) : null;

    public override string ToString() => Name;
}

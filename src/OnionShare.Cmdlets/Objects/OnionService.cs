namespace OnionShare;

/// <summary>
/// A service. Its properties tell how it stands when they are read: the engine is asked again, at most twice a second. What comes with an event
/// stands as it did at the event.
/// </summary>
public sealed class OnionService
{
    private readonly Func<ServiceStatus> _present;

    /// <summary>A service as it stood at a moment, or, with <paramref name="present"/>, as it stands when somebody looks.</summary>
    internal OnionService(ServiceStatus status, Func<ServiceStatus>? present = null)
    {
        Id = status.Id;
        _present = present ?? (() => status);
    }

    /// <summary>Its id: eight lower-case hexadecimal digits, unique within an engine.</summary>
    public string Id { get; }

    /// <summary>Its name, unique among the services that have not ended.</summary>
    public string Name => Status.Name;

    /// <summary>What it does: Share, Receive, Website or Chat. A name, not a number, in JSON, too.</summary>
    public string Mode => Status.Mode.ToString();

    /// <summary>Where it is in its life, the name of a <see cref="ServiceState"/>.</summary>
    public string State => Status.State.ToString();

    /// <summary>What to give to a visitor, password included; null until the address is known. For a backend of Onionbalance it is the front's.</summary>
    public string? Url => Status.Url;

    /// <summary>Its own host: <c>56 characters.onion</c>, or <c>127.0.0.1:port</c>. Onionbalance wants that of each backend.</summary>
    public string? Address => Status.Address;

    /// <summary>The Onionbalance front (<c>56 characters.onion</c>) it is a backend of; null for none.</summary>
    public string? OnionBalance => Status.OnionBalance;

    /// <summary>The visitors' password; null for a public service.</summary>
    public string? Password => Status.Password;

    /// <summary>The port on 127.0.0.1 its web server listens on; null while it does not.</summary>
    public int? Port => Status.Port;

    /// <summary>Session: it goes down when the session that started it ends. Detached: it runs until it is stopped or its work is done.</summary>
    public string Lifetime => Status.Detached ? "Detached" : "Session";

    /// <summary>The process id of the session that owns it; null when detached.</summary>
    public int? OwnerProcessId => Status.OwnerProcessId;

    public string Title => Status.Title;

    /// <summary>The language of its pages that was chosen for it, as a tag; null for that of each visitor's browser.</summary>
    public string? Language => Status.Language;

    /// <summary>Whether it is reachable on this computer only.</summary>
    public bool LocalOnly => Status.LocalOnly;
    public bool Public => Status.Password is null;

    /// <summary>Whether it is saved, on the disk or in a vault: Restore-OnionService starts it again at the same address.</summary>
    public bool Saved => Status.Saved || Status.Vault is not null;

    /// <summary>The vault that keeps it; null when it is kept on the disk, or not at all.</summary>
    public string? Vault => Status.Vault;
    public bool RequireClientKey => Status.RequireClientKey;

    /// <summary>Whether its transfers are kept on the disk when they have ended (Get-OnionTransfer -History).</summary>
    public bool KeepsHistory => Status.KeepsHistory;
    public OnionTexts Clients => new(Status.Clients);
    public OnionTexts Paths => new(Status.Paths);

    /// <summary>How many files it offers, counted at its start; null where they are not counted.</summary>
    public int? Files => Status.Files;

    /// <summary>Their size in bytes.</summary>
    public long? Bytes => Status.Bytes;

    /// <summary>The complete downloads after which it stops by itself; null for no limit.</summary>
    public int? MostDownloads => Status.MostDownloads;

    /// <summary>When it was asked for, in local time.</summary>
    public DateTime CreatedAt => Status.CreatedAt.LocalDateTime;

    /// <summary>When it is to start, in local time, for a scheduled service.</summary>
    public DateTime? StartsAt => Status.StartsAt?.LocalDateTime;

    /// <summary>When it was first reachable, in local time.</summary>
    public DateTime? StartedAt => Status.StartedAt?.LocalDateTime;

    /// <summary>When it is to stop, in local time.</summary>
    public DateTime? StopsAt => Status.StopsAt?.LocalDateTime;

    /// <summary>When it ended, in local time.</summary>
    public DateTime? EndedAt => Status.EndedAt?.LocalDateTime;

    /// <summary>Why it ended, the name of a <see cref="OnionShare.Contracts.StopReason"/>.</summary>
    public string? StopReason => Status.StopReason?.ToString();

    /// <summary>Page views and downloads that passed the password gate.</summary>
    public long Visits => Status.Visits;

    public int ActiveTransfers => Status.ActiveTransfers;

    public long Transfers => Status.CompletedTransfers;

    /// <summary>People in the room, of a chat; null for other services.</summary>
    public int? Members => Status.Members;

    /// <summary>What the service wants its operator to know, fit to be shown.</summary>
    public OnionTexts Warnings => new(Status.Warnings.Select(warning => RemoteText.Show(warning, 1000)));

    public Problem? Error => Status.Error;

    internal ServiceStatus Status => _present();

    /// <summary>The URL; the name while there is none yet.</summary>
    public override string ToString() => Url ?? Name;
}

using OnionShare.Contracts;

namespace OnionShare;

/// <summary>A service as it stood when this object was made; <c>Get-OnionService</c> tells how it stands now.</summary>
public sealed class OnionService
{
    private readonly ServiceStatus _status;

    internal OnionService(ServiceStatus status) => _status = status;

    /// <summary>Its id: eight lower-case hexadecimal digits, unique within an engine.</summary>
    public string Id => _status.Id;

    /// <summary>Its name, unique among the services that have not ended.</summary>
    public string Name => _status.Name;
    public ServiceMode Mode => _status.Mode;
    public ServiceState State => _status.State;

    /// <summary>What to give to a visitor, password included; null until the address is known. For a backend of Onionbalance it is the front's.</summary>
    public string? Url => _status.Url;

    /// <summary>Its own host: <c>56 characters.onion</c>, or <c>127.0.0.1:port</c>. Onionbalance wants that of each backend.</summary>
    public string? Address => _status.Address;

    /// <summary>The Onionbalance front (<c>56 characters.onion</c>) it is a backend of; null for none.</summary>
    public string? OnionBalance => _status.OnionBalance;

    /// <summary>The visitors' password; null for a public service.</summary>
    public string? Password => _status.Password;

    /// <summary>The port on 127.0.0.1 its web server listens on; null while it does not.</summary>
    public int? Port => _status.Port;
    public ServiceLifetime Lifetime => _status.Detached ? ServiceLifetime.Detached : ServiceLifetime.Session;

    /// <summary>The process id of the session that owns it; null when detached.</summary>
    public int? OwnerProcessId => _status.OwnerProcessId;
    public string Title => _status.Title;

    /// <summary>Whether it is reachable on this computer only.</summary>
    public bool LocalOnly => _status.LocalOnly;

    /// <summary>Whether visitors need no password.</summary>
    public bool Public => _status.Password is null;

    /// <summary>Whether it is saved, on the disk or in a vault: Restore-OnionService starts it again at the same address.</summary>
    public bool Saved => _status.Saved || _status.Vault is not null;

    /// <summary>The vault that keeps it; null when it is kept on the disk, or not at all.</summary>
    public string? Vault => _status.Vault;

    /// <summary>Whether only visitors with a client key reach it.</summary>
    public bool RequireClientKey => _status.RequireClientKey;
    public string[] Clients => [.. _status.Clients];
    public string[] Paths => [.. _status.Paths];

    /// <summary>When it was asked for, in local time.</summary>
    public DateTime CreatedAt => _status.CreatedAt.LocalDateTime;

    /// <summary>When it is to start, in local time, for a scheduled service.</summary>
    public DateTime? StartsAt => _status.StartsAt?.LocalDateTime;

    /// <summary>When it was first reachable, in local time.</summary>
    public DateTime? StartedAt => _status.StartedAt?.LocalDateTime;

    /// <summary>When it is to stop, in local time.</summary>
    public DateTime? StopsAt => _status.StopsAt?.LocalDateTime;

    /// <summary>When it ended, in local time.</summary>
    public DateTime? EndedAt => _status.EndedAt?.LocalDateTime;
    public StopReason? StopReason => _status.StopReason;

    /// <summary>Page views and downloads that passed the password gate.</summary>
    public long Visits => _status.Visits;
    public int ActiveTransfers => _status.ActiveTransfers;
    public long Transfers => _status.CompletedTransfers;

    /// <summary>People in the room, of a chat; null for other services.</summary>
    public int? Members => _status.Members;

    /// <summary>What the service wants its operator to know, fit to be shown.</summary>
    public string[] Warnings => [.. _status.Warnings.Select(warning => RemoteText.Show(warning, 1000))];
    public Problem? Error => _status.Error;

    /// <summary>The URL; the name while there is none yet.</summary>
    public override string ToString() => Url ?? Name;
}

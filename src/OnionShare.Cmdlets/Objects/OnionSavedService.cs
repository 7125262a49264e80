namespace OnionShare;

/// <summary>A saved service as it stood when this object was made: what Restore-OnionService starts again. Holds no secret.</summary>
public sealed class OnionSavedService
{
    private readonly SavedService _saved;

    internal OnionSavedService(SavedService saved) => _saved = saved;

    /// <summary>Its name, unique among the saved services.</summary>
    public string Name => _saved.Name;

    /// <summary>What it does; null when what is kept of it can't be read.</summary>
    public string? Mode => _saved.Mode?.ToString();
    public string? Title => _saved.Title;

    /// <summary>Its address, <c>56 characters.onion</c>; null for a local one.</summary>
    public string? Address => _saved.Address;

    /// <summary>The Onionbalance front (<c>56 characters.onion</c>) it is a backend of; null for none.</summary>
    public string? OnionBalance => _saved.OnionBalance;
    public bool Running => _saved.ServiceId is not null;

    /// <summary>The id of the service that runs from it now; null when none does.</summary>
    public string? ServiceId => _saved.ServiceId;

    /// <summary>The vault that keeps it; null when it is kept on the disk.</summary>
    public string? Vault => _saved.Vault;

    /// <summary>Whether it runs detached, and so comes back by itself when the engine starts again. One in a vault never does.</summary>
    public bool ComesBack => _saved.ComesBack;
    public bool Public => _saved.Public;

    /// <summary>Whether it is reachable on this computer only.</summary>
    public bool LocalOnly => _saved.LocalOnly;
    public bool RequireClientKey => _saved.RequireClientKey;
    public OnionTexts Clients => new(_saved.Clients);
    public OnionTexts Paths => new(_saved.Paths);

    /// <summary>When it was saved last, in local time; null when what is kept of it can't be read.</summary>
    public DateTime? SavedAt => _saved.Mode is null ? null : _saved.SavedAt.LocalDateTime;

    /// <summary>Why it did not come back at the engine's start, or can't be read.</summary>
    public Problem? Error => _saved.Error;

    public override string ToString() => Name;
}

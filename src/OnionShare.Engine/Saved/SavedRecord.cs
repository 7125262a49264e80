using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Saved;

/// <summary>Everything that is kept of a saved service, secrets included.</summary>
internal sealed record SavedRecord
{
    public required string Name { get; init; }

    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Its address, <c>56 characters.onion</c>; null for a local one.</summary>
    public string? Address { get; init; }

    /// <summary>Its settings, without password, owner and name.</summary>
    public required ServiceRequest Request { get; init; }

    /// <summary>The visitors who may reach it, when it asks for client keys.</summary>
    public IReadOnlyList<KnownClient> Clients { get; init; } = [];

    /// <summary>There while it runs detached, and is to come back when the engine starts again.</summary>
    public ComingBack? ComesBack { get; init; }
    public required SavedSecrets Secrets { get; init; }

    /// <summary>Of the settings of a service what is kept as <see cref="Request"/>.</summary>
    public static ServiceRequest Kept(ServiceRequest settings) => settings with { Name = null, Password = null, Owner = null, StartedBy = null, Save = false };

    /// <summary>The key of its address; null for a local one.</summary>
    /// <exception cref="ProblemException">The key is none, or another address's.</exception>
    public OnionKey? Key()
    {
        if (Secrets.Key is null && Request.LocalOnly) return null;
        if (OnionKey.TryParse(Secrets.Key, out var key) && key.Address == Address) return key;
        throw new ProblemException(
            ProblemCodes.SavedUnusable, $"The key of '{RemoteText.Show(Name)}' is not that of its address.", "Import it again from a backup.",
            Name);
    }

    /// <summary>Checks one that comes from elsewhere, before it is kept or a service is made of it.</summary>
    /// <exception cref="ProblemException">The name, the settings, the key or a client can't be used.</exception>
    public void Check(TimeProvider time)
    {
        Key()?.Dispose();
        RequestCheck.CheckName(Name);
        RequestCheck.Check(Request with { StartAt = null, StopAt = null, Name = null, Password = Secrets.Password, Owner = null, StartedBy = null }, Address, time);
        KnownClient.Check(Clients);
    }
}

/// <summary>What must not get into other hands.</summary>
/// <param name="Password">The visitors' password; null for a public service.</param>
/// <param name="Key">The key, 88 characters of base64; null for a local service.</param>
internal sealed record SavedSecrets(string? Password, string? Key)
{
    /// <summary>Shows neither.</summary>
    public override string ToString() => nameof(SavedSecrets);
}

/// <summary>How a service that runs detached is to come back.</summary>
/// <param name="StartsAt">When it was to start.</param>
/// <param name="StopsAt">When it is to stop; a length of time has become a moment when it was first reachable.</param>
/// <param name="IsLength">Whether that is a length of time: what is left of it is counted on, so that a clock that is set back makes it no longer.</param>
internal sealed record ComingBack(DateTimeOffset? StartsAt, DateTimeOffset? StopsAt, bool IsLength = false);

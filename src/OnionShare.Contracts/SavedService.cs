using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>A service whose settings, password and key are kept, so that it can be started again at the same address. Holds no secret.</summary>
public sealed record SavedService
{
    /// <summary>Its name, unique among the saved services; that of its file when what is kept of it can't be read.</summary>
    public required string Name { get; init; }

    /// <summary>What it does; null when what is kept of it can't be read.</summary>
    public ServiceMode? Mode { get; init; }
    public string? Title { get; init; }

    /// <summary>Its address, <c>56 characters.onion</c>; null for a local one.</summary>
    public string? Address { get; init; }

    /// <summary>The Onionbalance front (<c>56 characters.onion</c>) it is a backend of; null for none.</summary>
    public string? OnionBalance { get; init; }
    public bool Public { get; init; }

    /// <summary>Whether it is reachable on this computer only.</summary>
    public bool LocalOnly { get; init; }
    public bool RequireClientKey { get; init; }
    public IReadOnlyList<string> Clients { get; init; } = [];
    public IReadOnlyList<string> Paths { get; init; } = [];
    public required DateTimeOffset SavedAt { get; init; }

    /// <summary>Whether it runs detached, and so comes back by itself when the engine starts again.</summary>
    public bool ComesBack { get; init; }

    /// <summary>The id of the service that runs from it now; null when none does.</summary>
    public string? ServiceId { get; init; }

    /// <summary>The vault that keeps it; null when the engine does, on the disk.</summary>
    public string? Vault { get; init; }

    /// <summary>Why it did not come back at the engine's start, or can't be read.</summary>
    public Problem? Error { get; init; }
}

/// <summary>The body of <c>POST /v1/saved/{name}/restore</c>. What is null stays as it was saved.</summary>
public sealed record RestoreRequest
{
    /// <summary>The session that owns the service; without one it is detached.</summary>
    public OwnerProcess? Owner { get; init; }

    /// <summary>The session that asks, where it is not the owner: what became of the service is remembered as long as it lives.</summary>
    public OwnerProcess? StartedBy { get; init; }

    /// <summary>Whether it says when the service is to start or stop.</summary>
    [JsonIgnore]
    public bool HasTimes => NoStopTime || (StartAt ?? StopAt ?? (object?)StopAfter) is not null;

    /// <summary>When the service is to start; at once without it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>When the service is to stop. A saved stop time that has passed has to be replaced.</summary>
    public DateTimeOffset? StopAt { get; init; }

    /// <summary>How long the service is to run, counted from the moment it is first reachable.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>Run until it is stopped, whatever stop time was saved.</summary>
    public bool NoStopTime { get; init; }

    /// <summary>Absolute paths of files with the OpenPGP keys to encrypt to from now on, of a service that encrypts what it receives (<see cref="ReceiveRequest.EncryptTo"/>).</summary>
    public IReadOnlyList<string>? EncryptTo { get; init; }
}

/// <summary>The body of <c>POST /v1/saved/{name}/export</c>: writes everything that is kept of a service to one file.</summary>
public sealed record ExportRequest
{
    /// <summary>The absolute path of the file to write; only its owner will be able to read it.</summary>
    public required string Path { get; init; }

    /// <summary>The passphrase to encrypt it with; at least eight characters.</summary>
    public string? Passphrase { get; init; }

    /// <summary>Do not encrypt: whoever reads the file can take over the address.</summary>
    public bool NoEncryption { get; init; }
    public bool Overwrite { get; init; }
}

/// <summary>
/// The body of <c>POST /v1/saved</c>: saves a service from a file: an export, a persistent tab of OnionShare's (JSON), tor's
/// <c>hs_ed25519_secret_key</c>, or a folder that holds one, as tor and mkp224o make them.
/// </summary>
public sealed record ImportRequest
{
    /// <summary>The absolute path of the file or folder to read.</summary>
    public required string Path { get; init; }
    public string? Passphrase { get; init; }

    /// <summary>The name to save it under; without one that of the export, or one made from the file's.</summary>
    public string? Name { get; init; }

    /// <summary>What to serve at the address instead of what the file says; needed where the file holds a key only.</summary>
    public ServiceRequest? Service { get; init; }

    /// <summary>Replace a saved service of that name: its address is lost unless it is the same.</summary>
    public bool Overwrite { get; init; }
}

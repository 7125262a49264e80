using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>The body of <c>POST /v1/services</c>. The property <c>mode</c> names the kind: share, receive, website or chat.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "mode", UnknownDerivedTypeHandling = JsonUnknownDerivedTypeHandling.FailSerialization)]
[JsonDerivedType(typeof(ShareRequest), "share")]
[JsonDerivedType(typeof(ReceiveRequest), "receive")]
[JsonDerivedType(typeof(WebsiteRequest), "website")]
[JsonDerivedType(typeof(ChatRequest), "chat")]
public abstract record ServiceRequest
{
    [JsonIgnore]
    public abstract ServiceMode Mode { get; }

    /// <summary>A name for the service; without one the engine makes one up.</summary>
    public string? Name { get; init; }
    public string? Title { get; init; }

    /// <summary>The language of its pages, as a tag (<see cref="PageLanguage"/>); without one that of each visitor's browser.</summary>
    public string? Language { get; init; }
    public bool Public { get; init; }

    /// <summary>The visitors' password; without one the engine draws one.</summary>
    public string? Password { get; init; }

    /// <summary>No tor: the service answers on 127.0.0.1 only.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Different wrong passwords after which the service stops; 0 = never, only delay.</summary>
    // set, not init: generated JSON code writes every init property, also one that is not in the text, and 0 would be no limit.
    public int GuessLimit { get; set; } = 20;

    /// <summary>When the service is to start; at once without it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? StopAt { get; init; }

    /// <summary>How long the service is to run, counted from the moment it is first reachable.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>The session that owns the service; without one it is detached and runs until it is stopped.</summary>
    public OwnerProcess? Owner { get; init; }

    /// <summary>The session that asks, where it is not the owner: what became of the service is remembered as long as it lives.</summary>
    public OwnerProcess? StartedBy { get; init; }

    /// <summary>Only visitors with a client key reach the service (rend-spec-v3, [CLIENT-AUTH]); until one is granted nobody does.</summary>
    public bool RequireClientKey { get; init; }

    /// <summary>Keep on the disk which transfers there were, until the history is cleared.</summary>
    public bool KeepHistory { get; init; }

    /// <summary>Keep its settings, password and key, so that it can be restored at the same address.</summary>
    public bool Save { get; init; }
}

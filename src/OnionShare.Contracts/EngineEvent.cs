using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

/// <summary>What <c>GET /v1/events</c> sends, one server-sent event each.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ServiceChanged), "service")]
[JsonDerivedType(typeof(TransferChanged), "transfer")]
[JsonDerivedType(typeof(TorChanged), "tor")]
[JsonDerivedType(typeof(ServiceWarned), "warning")]
[JsonDerivedType(typeof(EventsLost), "lost")]
[JsonDerivedType(typeof(SnapshotTold), "told")]
public abstract record EngineEvent
{
    public required DateTimeOffset Time { get; init; }

    /// <summary>Whether it is told because the listener can't know how things stand, and not because it happened now.</summary>
    public bool IsSnapshot { get; init; }

    /// <summary>Its place among all that was published in this engine, from 1 on; 0 before that. Of no meaning to a listener.</summary>
    [JsonIgnore]
    public long Sequence { get; set; }
}

/// <summary>A service came, changed its state, or ended.</summary>
public sealed record ServiceChanged : EngineEvent
{
    public required ServiceStatus Service { get; init; }
}

public sealed record TransferChanged : EngineEvent
{
    public required Transfer Transfer { get; init; }
}

public sealed record TorChanged : EngineEvent
{
    public required TorStatus Tor { get; init; }
}

/// <summary>Something the operator of a service should know: wrong passwords, a file that changed, a refused link.</summary>
public sealed record ServiceWarned : EngineEvent
{
    public required string ServiceId { get; init; }
    public required string ServiceName { get; init; }

    /// <summary>What happened, fit to be shown anywhere.</summary>
    public required string Message { get; init; }
}

/// <summary>
/// How everything stood has been told: at the beginning, and again after <see cref="EventsLost"/>. From here on each event is something that happened.
/// </summary>
public sealed record SnapshotTold : EngineEvent;

/// <summary>The listener was too slow: events before this one were dropped. How things stand follows.</summary>
public sealed record EventsLost : EngineEvent
{
    public required long Count { get; init; }
}

namespace OnionShare.Engine.Services;

/// <summary>Keeps a saved service's state on the disk in step with its life. Its calls never throw.</summary>
public interface IServiceKeeper
{
    /// <summary>The service is reachable, and its stop time is known.</summary>
    void Reached(Service service);

    /// <summary>
    /// The service is about to end. Told before it goes down, so that one that was stopped does not come back, even if the power goes now.
    /// </summary>
    void Leaving(Service service, StopReason reason);

    /// <summary>Visitors have come further (<see cref="ServiceContext.KeepProgress"/>).</summary>
    void Progressed(Service service, string? progress);
}

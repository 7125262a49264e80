namespace OnionShare.Contracts;

/// <summary>Where a service is in its life: Scheduled → Connecting → Publishing → Running → Draining → Stopped or Failed.</summary>
public enum ServiceState
{
    Scheduled,

    /// <summary>Waits for tor to connect to the Tor network.</summary>
    Connecting,

    /// <summary>Waits until the onion service's descriptor has been uploaded.</summary>
    Publishing,
    Running,

    /// <summary>tor is away; the service comes back at the same address when tor does.</summary>
    Disconnected,

    /// <summary>Accepts no new transfers; those under way are finishing.</summary>
    Draining,

    /// <summary>Over, by request, by its owner's end, or because its work was done.</summary>
    Stopped,

    /// <summary>Over because of an error; see <see cref="ServiceStatus.Error"/>.</summary>
    Failed,
}

public static class ServiceStates
{
    public static bool IsEnded(this ServiceState state) => state is ServiceState.Stopped or ServiceState.Failed;
}

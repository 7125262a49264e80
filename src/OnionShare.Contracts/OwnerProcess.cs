namespace OnionShare.Contracts;

/// <summary>A process that owns a service: when it ends, the service goes down.</summary>
/// <param name="ProcessId">Its process id.</param>
/// <param name="StartTime">When it was started, so that a reused process id is not taken for it.</param>
public sealed record OwnerProcess(int ProcessId, DateTimeOffset StartTime)
{
    public static OwnerProcess Current()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return new OwnerProcess(process.Id, process.StartTime);
    }
}

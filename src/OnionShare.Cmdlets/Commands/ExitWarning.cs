using System.Management.Automation.Host;
using OnionShare.Cmdlets.Engine;

namespace OnionShare.Cmdlets.Commands;

/// <summary>
/// Tells the person who leaves a session that transfers of its services are cut by that. PowerShell says so itself when it goes; a session that is killed
/// can tell nobody.
/// </summary>
internal static class ExitWarning
{
    private const string Identifier = "OnionShare.Exiting";

    // Leaving a shell must not hang on an engine that does not answer.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Sees to it, once a session.</summary>
    public static void Arm(PSCmdlet command)
    {
        var (events, host) = (command.Events, command.Host);
        if (events.GetEventSubscribers(Identifier).Any()) return;
        var subscriber = events.SubscribeEvent(null, null, Identifier, null, (_, _) => { }, supportEvent: true, forwardEvent: false);
        _ = subscriber;
        events.SubscribeEvent(null, null, PSEngineEvent.Exiting, null, (_, _) => Tell(host), supportEvent: true, forwardEvent: false);
    }

    private static void Tell(PSHost host)
    {
        try
        {
            using var limit = new CancellationTokenSource(Limit);
            foreach (var service in Task.Run(() => MineAsync(limit.Token)).GetAwaiter().GetResult())
            {
                host.UI?.WriteWarningLine(
                    $"This session ends, and {(service.ActiveTransfers == 1 ? "a transfer" : $"{service.ActiveTransfers} transfers")} of '{RemoteText.Show(service.Name)}' with it. "
                    + "To leave a service running: Set-OnionService -Detach, before the session is left.");
            }
        }
        catch (Exception silent) when (silent is ProblemException or OperationCanceledException or HostException)
        {
            // No engine, none that answers, or nobody to tell: then there is nothing to warn of.
        }
    }

    private static async Task<IReadOnlyList<ServiceStatus>> MineAsync(CancellationToken cancellationToken)
    {
        using var client = await EngineClient.FindAsync(cancellationToken);
        if (client is null) return [];
        return [.. (await client.ServicesAsync(cancellationToken)).Where(service => service.OwnerProcessId == Environment.ProcessId && service.ActiveTransfers > 0)];
    }
}

using System.Globalization;
using OnionShare.Engine.Control;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Cli;

/// <summary>Tells of one service in a terminal: its URL on standard output, everything else on standard error.</summary>
internal sealed class ConsoleReport(TextWriter output, TextWriter messages, bool drawQr)
{
    private readonly Lock _lock = new();
    private bool _urlShown;
    private string? _lastProgress;
    private ServiceState? _lastState;

    public void Say(string message)
    {
        lock (_lock)
        {
            try
            {
                messages.WriteLine(message);
            }
            catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
            {
                // The terminal is gone; the signal that says so ends the service.
            }
        }
    }

    /// <summary>Reports what happens until the service has ended; the listener must have listened since before its start.</summary>
    public async Task FollowAsync(IEventListener listener, Service service)
    {
        await foreach (var engineEvent in listener.ReadAllAsync(CancellationToken.None))
        {
            switch (engineEvent)
            {
                case ServiceChanged changed:
                    Tell(changed.Service);
                    if (changed.Service.State.IsEnded()) return;
                    break;
                case EventsLost:
                    Tell(service.Status);
                    if (service.Status.State.IsEnded()) return;
                    break;
                case TransferChanged changed:
                    Tell(changed.Transfer);
                    break;
                case ServiceWarned warned:
                    Say(warned.Message);
                    break;
                case TorChanged changed:
                    Tell(changed.Tor);
                    break;
            }
        }
    }

    private void Tell(ServiceStatus service)
    {
        var last = _lastState;
        _lastState = service.State;
        if (last == service.State) return;
        if (service.State is ServiceState.Running or ServiceState.Disconnected && !_urlShown) ShowUrl(service);
        switch (service.State)
        {
            case ServiceState.Running when last == ServiceState.Disconnected:
                Say("The service is reachable again, at the same address.");
                break;
            case ServiceState.Disconnected:
                Say("tor is away; the service comes back at the same address when tor does.");
                break;
            case ServiceState.Publishing:
                Say("Publishing the onion service.");
                break;
            case ServiceState.Stopped:
                Say(WhyStopped(service));
                break;
            case ServiceState.Failed:
                Say(service.Error?.ToString() ?? "The service failed.");
                break;
        }
    }

    private void ShowUrl(ServiceStatus service)
    {
        _urlShown = true;
        Say(service.Password is null
            ? "Give this URL to your visitors; it is open to anybody who has it:"
            : "Give this URL to your visitors; it holds the password:");
        try
        {
            output.WriteLine(service.Url);
            output.Flush();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A service whose address nobody has got is of no use, and nobody would know that it runs.
            throw new ProblemException(
                ProblemCodes.Internal, $"The URL can't be written to standard output: {failure.Message}",
                "Start it where standard output is open.", cause: failure);
        }

        if (drawQr)
        {
            foreach (var line in QrCode.Lines(service.Url!)) Say(line);
        }

        Say(service.StopsAt is { } stopsAt
            ? $"Stops at {stopsAt.ToLocalTime().ToString("g", CultureInfo.CurrentCulture)}, or with Ctrl+C."
            : "Press Ctrl+C to stop.");
    }

    private void Tell(Transfer transfer)
    {
        var (verb, doing) = transfer.Direction == TransferDirection.Download ? ("Download", "of") : ("Upload", "of");
        switch (transfer.State)
        {
            case TransferState.Active when transfer.Bytes == 0:
                Say($"{verb} {transfer.Id} {doing} {transfer.Name} began{(transfer.Offset > 0 ? $" at {ByteSize.Show(transfer.Offset)}" : "")}.");
                break;
            case TransferState.Active:
                var percent = transfer.TotalBytes > 0 ? $" ({100 * transfer.Bytes / transfer.TotalBytes} %)" : "";
                Say($"{verb} {transfer.Id}: {ByteSize.Show(transfer.Bytes)}{percent}");
                break;
            case TransferState.Completed:
                Say($"{verb} {transfer.Id} {doing} {transfer.Name} is complete: {ByteSize.Show(transfer.Bytes)}{WhereSaved(transfer)}.");
                break;
            case TransferState.Cancelled:
                Say($"{verb} {transfer.Id} {doing} {transfer.Name} was broken off after {ByteSize.Show(transfer.Bytes)}.");
                break;
            case TransferState.Failed:
                Say($"{verb} {transfer.Id} {doing} {transfer.Name} failed: {transfer.Error}");
                break;
        }
    }

    private static string WhereSaved(Transfer transfer) =>
        transfer.Paths.Count > 0 ? $", in {RemoteText.Show(Path.GetDirectoryName(transfer.Paths[0]), 500)}" : "";

    private void Tell(TorStatus tor)
    {
        var text = tor.State switch
        {
            TorState.Starting => "Starting tor.",
            TorState.Bootstrapping => $"Connecting to Tor: {tor.BootstrapPercent} % {tor.BootstrapSummary}",
            TorState.Lost => $"Lost tor: {tor.Error?.ToString() ?? "it is being brought back."}",
            TorState.Connected when tor.Error is { } trouble => trouble.ToString(),
            _ => null,
        };
        if (text is null || text == _lastProgress) return;
        _lastProgress = text;
        Say(text);
    }

    private static string WhyStopped(ServiceStatus service) => service.StopReason switch
    {
        StopReason.Downloaded => "Stopped: everything was downloaded.",
        StopReason.TimeReached => "Stopped: its time was over.",
        StopReason.PasswordGuessing => "Stopped: too many different wrong passwords were tried. Somebody knows the address and guesses; start anew for a new address.",
        _ => "Stopped.",
    };
}

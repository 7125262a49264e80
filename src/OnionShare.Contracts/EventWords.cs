using System.Globalization;

namespace OnionShare.Contracts;

/// <summary>What happened, in a sentence for a person. Names that came from somebody else are safe to show in it.</summary>
public static class EventWords
{
    private const int NameLength = 60;

    /// <summary>How a service stands: <c>'photos' is Stopped (Downloaded).</c></summary>
    public static string Of(ServiceStatus service)
    {
        var why = service.Error is { } error ? $": {error.Detail}" : service.StopReason is { } reason ? $" ({reason})." : ".";
        return $"'{Name(service.Name)}' is {service.State}{why}";
    }

    /// <summary>How a transfer stands: <c>'photos': Download of trip.zip is complete, 1.5 MiB</c>.</summary>
    public static string Of(Transfer transfer, bool begins)
    {
        var state = transfer.State switch
        {
            TransferState.Active when begins => "begins",
            TransferState.Active => $"is at {ByteSize.Show(transfer.Bytes)} of {(transfer.TotalBytes is { } total ? ByteSize.Show(total) : "?")}",
            TransferState.Completed => $"is complete, {ByteSize.Show(transfer.Bytes)}",
            TransferState.Cancelled => "was cut",
            _ => $"failed: {RemoteText.Show(transfer.Error, 1000)}",
        };
        return $"'{Name(transfer.ServiceName)}': {transfer.Direction} of {RemoteText.Show(transfer.Name)} {state}";
    }

    /// <summary>What the operator of a service should know.</summary>
    public static string Of(ServiceWarned warned) => $"'{Name(warned.ServiceName)}': {warned.Message}";

    /// <summary>How tor stands: <c>tor is Bootstrapping, 45 %</c>.</summary>
    public static string Of(TorStatus tor)
    {
        var more = tor switch
        {
            { State: TorState.Bootstrapping } => $", {tor.BootstrapPercent} %",
            { Error: { } error } => $": {error.Detail}",
            _ => "",
        };
        return $"tor is {tor.State}{more}";
    }

    /// <summary>How far a transfer under way is: <c>42 %, 1.5 MiB/s, 3 min left</c>; what can't be told is left out.</summary>
    public static string Progress(Transfer transfer, TransferRate rate)
    {
        var parts = new List<string>();
        if (Percent(transfer) is { } percent) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{percent} %"));
        if (Speed(rate) is { Length: > 0 } speed) parts.Add(speed);
        if (rate.TimeLeft(transfer.TotalBytes) is { } left) parts.Add(Left(left));
        return string.Join(", ", parts);
    }

    /// <summary>How much of a transfer is done, in whole percent; null where its total is not known.</summary>
    public static int? Percent(Transfer transfer) =>
        transfer.State == TransferState.Completed ? 100
        : transfer.TotalBytes is > 0 and var total ? (int)Math.Clamp(100 * (double)transfer.Bytes / total, 0, 100)
        : null;

    /// <summary>A rate: <c>1.5 MiB/s</c>; empty while it can't be told.</summary>
    public static string Speed(TransferRate rate) => rate.BytesPerSecond is { } known ? ByteSize.Show((long)known) + "/s" : "";

    /// <summary>A time left: <c>12 s left</c>, <c>3 min left</c>, <c>2 h 5 min left</c>.</summary>
    public static string Left(TimeSpan time) =>
        time.TotalSeconds < 59.5 ? $"{Math.Ceiling(time.TotalSeconds):0} s left"
        : time.TotalMinutes < 59.5 ? $"{Math.Round(time.TotalMinutes):0} min left"
        : time.TotalHours < 24 ? $"{(int)Math.Round(time.TotalMinutes) / 60} h {(int)Math.Round(time.TotalMinutes) % 60} min left"
        : $"{Math.Round(time.TotalDays):0} days left";

    private static string Name(string name) => RemoteText.Show(name, NameLength);
}

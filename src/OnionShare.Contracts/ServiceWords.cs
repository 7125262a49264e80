using System.Globalization;

namespace OnionShare.Contracts;

public static class ServiceWords
{
    private const int NamesShown = 3;
    private const int LastCharacters = 4;

    /// <summary>Its mode and state: <c>Share, running</c>.</summary>
    public static string State(ServiceStatus service) => $"{service.Mode}, {service.State.ToString().ToLowerInvariant()}"
        + (service.State == ServiceState.Scheduled && service.StartsAt is { } start ? $": it starts {At(start)}" : "")
        + (service.LocalOnly ? ", on this computer only" : "");

    /// <summary>What it offers or takes: <c>2 files, 1.2 MiB: report.pdf, plan.txt</c>.</summary>
    public static string Content(ServiceStatus service)
    {
        var names = string.Join(", ", service.Paths.Take(NamesShown).Select(path => RemoteText.Show(Path.GetFileName(path) is { Length: > 0 } name ? name : path, 60)))
            + (service.Paths.Count > NamesShown ? $" and {service.Paths.Count - NamesShown} more" : "");
        return service.Mode switch
        {
            ServiceMode.Chat => "a chat room; nothing is stored",
            ServiceMode.Receive => "uploads into " + RemoteText.Show(service.Paths.FirstOrDefault(), 1000),
            ServiceMode.Website => service.Paths.Count == 1 ? "the files in " + RemoteText.Show(service.Paths[0], 1000) : names,
            _ when service is { Files: { } files, Bytes: { } bytes } => $"{files} {(files == 1 ? "file" : "files")}, {ByteSize.Show(bytes)}: {names}",
            _ => names,
        };
    }

    /// <summary>When it ends: <c>after one complete download, at 17:00, or when this session ends</c>; of one that has ended, when and why.</summary>
    public static string Ends(ServiceStatus service)
    {
        if (service.State.IsEnded())
            return $"ended {(service.EndedAt is { } ended ? At(ended) : "")}: {Why(service)}";
        var ways = new List<string>();
        if (service.MostDownloads is { } most) ways.Add(most == 1 ? "after one complete download" : $"after {most} complete downloads");
        if (service.StopsAt is { } stop) ways.Add(At(stop));
        ways.Add(service.Detached ? "when you stop it (Stop-OnionService)"
            : service.OwnerProcessId == Environment.ProcessId ? "when this session ends"
            : $"when the session that started it ends (process {service.OwnerProcessId})");
        return ways.Count == 1 ? ways[0] : $"{string.Join(", ", ways.SkipLast(1))} or {ways[^1]}";
    }

    /// <summary>How long it has been reachable, or when it starts or ends: <c>12 min</c>, <c>till 17:00</c>.</summary>
    public static string Age(ServiceStatus service, DateTimeOffset now)
    {
        if (service.State.IsEnded()) return service.EndedAt is { } ended ? "end " + Short(ended, now) : "";
        if (service.State == ServiceState.Scheduled && service.StartsAt is { } start) return "from " + Short(start, now);
        if (service.StopsAt is { } stop) return "till " + Short(stop, now);
        if (service.StartedAt is not { } since) return "";
        var age = now - since;
        return age.TotalMinutes < 1 ? "new" : age.TotalHours < 1 ? $"{(int)age.TotalMinutes} min" : age.TotalDays < 2 ? $"{(int)age.TotalHours} h" : $"{(int)age.TotalDays} days";
    }

    /// <summary>Enough of its address to tell it from others: <c>…qb4d.onion</c>.</summary>
    public static string ShortAddress(ServiceStatus service)
    {
        const string suffix = ".onion";
        if (service.Address is not { } address) return "";
        return address.EndsWith(suffix, StringComparison.Ordinal) && address.Length > LastCharacters + suffix.Length
            ? "…" + address[^(LastCharacters + suffix.Length)..]
            : address;
    }

    private static string Why(ServiceStatus service) => service.StopReason switch
    {
        StopReason.Downloaded => "everything was downloaded",
        StopReason.TimeReached => "its time was over",
        StopReason.PasswordGuessing => "too many wrong passwords were tried",
        StopReason.Failed => "it failed",
        { } reason => reason.ToString(),
        null => service.State.ToString(),
    };

    // Hours and minutes, year first: the same for everybody, as they are typed, too.
    private static string At(DateTimeOffset time)
    {
        var local = time.ToLocalTime();
        return local.Date == DateTime.Today
            ? string.Create(CultureInfo.InvariantCulture, $"at {local:HH:mm}")
            : string.Create(CultureInfo.InvariantCulture, $"on {local:yyyy-MM-dd} at {local:HH:mm}");
    }

    private static string Short(DateTimeOffset time, DateTimeOffset now)
    {
        var local = time.ToLocalTime();
        return local.ToString(local.Date == now.LocalDateTime.Date ? "HH:mm" : "MM-dd", CultureInfo.InvariantCulture);
    }
}

namespace OnionShare.Engine.Services;

/// <summary>The settings that a change makes of those of a service, whether it runs or is only saved.</summary>
internal static class ChangedSettings
{
    /// <summary>The settings after the change, but for name, password and what is shared.</summary>
    /// <exception cref="ProblemException">The service has no such settings, or they make no sense.</exception>
    public static ServiceRequest Of(ServiceRequest settings, ServiceChange change, string name)
    {
        var isNewTime = change.NoStopTime || change.StopAt is not null || change.StopAfter is not null;
        settings = settings with
        {
            Title = change.Title ?? settings.Title,
            GuessLimit = change.GuessLimit ?? settings.GuessLimit,
            Language = change.Language is { } language ? PageLanguage.Find(language)?.Code : settings.Language,
            KeepHistory = change.KeepHistory ?? settings.KeepHistory,
            StopAt = isNewTime ? change.StopAt : settings.StopAt,
            StopAfter = isNewTime ? change.StopAfter : settings.StopAfter,
        };
        if (change.HasLimits)
        {
            settings = settings is ReceiveRequest inbox
                ? Limited(inbox, change)
                : throw new ProblemException(ProblemCodes.InvalidRequest, $"'{name}' is no inbox, so there are no limits of what it takes.", "Name an inbox (Get-OnionService -Mode Receive).", name);
        }

        RequestCheck.CheckHistory(settings);
        return settings;
    }

    /// <summary>The paths of a share after the change, and those of them that came from a listing.</summary>
    /// <exception cref="ProblemException">It is no share, what is taken away is not there, or nothing would be left.</exception>
    public static (IReadOnlyList<string> Paths, IReadOnlyList<string> Listed) Paths(ServiceRequest settings, ServiceChange change, string name)
    {
        if (settings is not ShareRequest share)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"'{name}' is no share, so what it works on stays as it is.", "Stop it and start it with other paths.", name);
        var removed = change.RemovePaths ?? [];
        foreach (var path in removed.Where(path => !share.Paths.Contains(path, PathsRequest.PathComparer)))
            throw new ProblemException(ProblemCodes.PathNotFound, $"'{RemoteText.Show(path)}' is not among what '{name}' shares.", "Get-OnionService | Select-Object -ExpandProperty Paths lists that.", path);
        string[] paths = [.. share.Paths.Except(removed, PathsRequest.PathComparer).Union(change.AddPaths ?? [], PathsRequest.PathComparer)];
        if (paths.Length == 0) throw new ProblemException(ProblemCodes.InvalidRequest, $"Nothing would be left of '{name}'.", "Stop it instead (Stop-OnionService).", name);
        return (paths, [.. (share.Listed ?? []).Union(change.AddListed ?? [], PathsRequest.PathComparer).Intersect(paths, PathsRequest.PathComparer)]);
    }

    private static ReceiveRequest Limited(ReceiveRequest inbox, ServiceChange change)
    {
        inbox = inbox with
        {
            MaxFileSize = Limit(change.MaxFileSize, inbox.MaxFileSize),
            MaxSubmissionSize = Limit(change.MaxSubmissionSize, inbox.MaxSubmissionSize),
            MaxTotalSize = Limit(change.MaxTotalSize, inbox.MaxTotalSize),
            MaxConcurrent = (int?)Limit(change.MaxConcurrent, inbox.MaxConcurrent),
            MaxFiles = change.MaxFiles ?? inbox.MaxFiles,
            MinFreeSpace = change.MinFreeSpace ?? inbox.MinFreeSpace,
        };
        RequestCheck.CheckLimits(inbox);
        return inbox;
    }

    private static long? Limit(long? wanted, long? given) => wanted is 0 ? null : wanted ?? given;
}

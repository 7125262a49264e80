using System.Globalization;
using OnionShare.Engine.Passwords;
using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Services;

/// <summary>What can be told of a request before anything is done about it.</summary>
internal static class RequestCheck
{
    private const int LongestName = 100;
    private const int LongestTitle = 200;
    private static readonly TimeSpan LongestLife = TimeSpan.FromDays(3660);

    /// <param name="request">The request.</param>
    /// <param name="address">The address it is to have; null for a new one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProblemException">It can't be met; says what to do.</exception>
    public static void Check(ServiceRequest request, string? address, TimeProvider time)
    {
        if (request.Name is { } name) CheckName(name);
        if (request is { Public: true, Password: not null })
            throw Invalid("A public service has no password.", "Leave out the password, or do not make the service public.");
        CheckCommon(request.Password, request.Title, request.GuessLimit, request.StopAfter);
        CheckLanguage(request.Language);
        CheckDate(request.StartAt, time);
        CheckDate(request.StopAt, time);
        if (request.StopAt <= Later(request.StartAt, time.GetUtcNow()))
            throw Invalid("The service would stop before it starts.", "Take a later stop time.");
        if (request is { LocalOnly: true, RequireClientKey: true })
            throw Invalid("A local service has no client keys: they are checked by tor.", "Leave out one of the two.");
        if (request is WebsiteRequest { OnionBalance: { } front }) CheckBackend(request, front, address);
        if (request is ReceiveRequest inbox) CheckLimits(inbox);
        if (request is ShareRequest { MaxDownloads: < 1 }) throw Invalid("The number of downloads is less than one.", "Take 1 or more, or leave it out.");
        if (request.Owner is { } owner && !owner.IsAlive())
        {
            throw new ProblemException(
                ProblemCodes.OwnerNotFound, $"The process {owner.ProcessId} that is to own the service does not run.",
                "Start the service from a process that lives, or detach it.");
        }
    }

    /// <exception cref="ProblemException">It can't be made; says what to do.</exception>
    public static void Check(ServiceChange change, ServiceStatus service, TimeProvider time)
    {
        if (service.State.IsEnded() || service.State == ServiceState.Draining)
        {
            throw new ProblemException(ProblemCodes.ServiceEnded, $"'{service.Name}' has ended or is about to.", "Start it again.", service.Name);
        }

        if (change.Name is not null && service.Vault is { } vault)
            throw Invalid($"'{service.Name}' is kept in the vault '{RemoteText.Show(vault)}' under its name.", "Remove it from the vault (Remove-OnionService -Vault), rename it, and save it there again.");
        Check(change, service.Name, service.Password is null, service.StartsAt, time);
    }

    /// <summary>Checks a change of a service that runs, or of a saved one.</summary>
    /// <exception cref="ProblemException">It can't be made; says what to do.</exception>
    public static void Check(ServiceChange change, string service, bool isPublic, DateTimeOffset? startsAt, TimeProvider time)
    {
        if (change.Password is not null && isPublic)
            throw Invalid($"'{service}' is public: it has no password.", "Start it anew without making it public.");
        if (change.Name is { } name) CheckName(name);
        CheckCommon(change.Password, change.Title, change.GuessLimit, change.StopAfter);
        if (change.Language is not "") CheckLanguage(change.Language);
        CheckDate(change.StopAt, time);
        if (change.StopAt <= Later(startsAt, time.GetUtcNow()))
            throw Invalid("That stop time has passed, or is before the start.", "Take a later one, or stop the service.");
        if (change.NoStopTime && (change.StopAt ?? (object?)change.StopAfter) is not null)
            throw Invalid("A stop time and no stop time can't be asked for together.", "Take one of the two.");
    }

    /// <exception cref="ProblemException">It can't be used.</exception>
    public static void CheckName(string name)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Length > LongestName || RemoteText.Show(name) != name || Routes.IsDots(name))
            throw Invalid($"The name '{RemoteText.Show(name)}' can't be used.", $"Take 1 to {LongestName} visible characters, other than '.' and '..'.");
    }

    /// <summary>Checks that a history would not tell what is to be secret.</summary>
    /// <exception cref="ProblemException">It would.</exception>
    public static void CheckHistory(ServiceRequest request)
    {
        if (request is ReceiveRequest { EncryptTo: not null, KeepHistory: true })
            throw Invalid("What comes in is to be encrypted, names too, but the history would keep the names on the disk.", "Leave out -KeepHistory.");
    }

    /// <summary>Checks the limits of what an inbox takes.</summary>
    /// <exception cref="ProblemException">With them it would take nothing.</exception>
    public static void CheckLimits(ReceiveRequest inbox)
    {
        if (inbox is { NoFiles: true, NoText: true })
            throw Invalid("Neither files nor messages would be taken.", "Leave out one of the two.");
        foreach (var limit in new[] { inbox.MaxFileSize, inbox.MaxSubmissionSize, inbox.MaxTotalSize, inbox.MaxConcurrent, inbox.MaxFiles })
        {
            if (limit <= 0) throw Invalid("A limit is zero or negative.", "Take a larger one, or leave it out for none.");
        }

        if (inbox.MaxTotalSize < ReceiveRequest.LeastOfFile)
        {
            throw Invalid(
                $"With {ByteSize.Show(inbox.MaxTotalSize.Value)} in all no file would be taken: each counts as {ByteSize.Show(ReceiveRequest.LeastOfFile)} at least.",
                "Take a larger limit, or leave it out for none.");
        }

        if (inbox.MinFreeSpace < 0) throw Invalid("The space to leave free is negative.", "Take 0 or more.");
    }

    private static void CheckLanguage(string? code)
    {
        if (code is null || PageLanguage.Find(code) is not null) return;
        throw Invalid(
            $"There are no pages in the language '{RemoteText.Show(code, 40)}'.",
            $"Take one of {string.Join(", ", PageLanguage.All.Select(language => language.Code))}, or none: then each visitor's browser says which.");
    }

    private static void CheckBackend(ServiceRequest request, string front, string? address)
    {
        if (OnionAddress.Parse(front) is not { } parsed)
        {
            throw Invalid(
                front.Replace(OnionAddress.Suffix, "", StringComparison.OrdinalIgnoreCase).Length == OnionAddress.Length
                    ? $"The front's address '{RemoteText.Show(front, 80)}' is mistyped: its checksum or its version does not fit."
                    : $"'{RemoteText.Show(front, 80)}' is no version 3 onion address.",
                "Give the address of the Onionbalance front: 56 characters and .onion, without http:// before it.");
        }

        if (parsed == address)
            throw Invalid($"{parsed} is the address of this service itself.", "Give the address of the front; a backend has another one of its own.");
        if (request.LocalOnly)
            throw Invalid("A local service can't be a backend of an Onionbalance front: it is not reached through Tor.", "Leave out one of the two.");
        if (request.RequireClientKey)
        {
            throw Invalid(
                "A backend of an Onionbalance front can't ask for client keys: Onionbalance publishes the front for everybody.",
                "Leave out one of the two; the password stands.");
        }

        if (request is { Public: false, Password: null })
        {
            throw Invalid(
                "A backend of an Onionbalance front needs the password of the site: visitors can't know which backend they reach.",
                "Give every backend the same password, or make all of them public.");
        }
    }

    private static void CheckCommon(string? password, string? title, int? guessLimit, TimeSpan? stopAfter)
    {
        if (password is not null) _ = PasswordText.Checked(password);
        if (title?.Length > LongestTitle) throw Invalid("The title is too long.", $"Take {LongestTitle} characters at most.");
        if (guessLimit < 0) throw Invalid("The guess limit is negative.", "Take 0 (never stop) or more.");
        if (stopAfter <= TimeSpan.Zero) throw Invalid("The service would stop before it starts.", "Take a longer time.");
        if (stopAfter > LongestLife) throw Invalid("The service would run for more than ten years.", "Take a shorter time, or none.");
    }

    // A date that far away is one of another calendar, or a typing error, and a service that never stops by itself is nobody's wish.
    private static void CheckDate(DateTimeOffset? moment, TimeProvider time)
    {
        if (!(moment - time.GetUtcNow() > LongestLife)) return;
        throw Invalid(
            string.Create(CultureInfo.InvariantCulture, $"The time {moment:yyyy-MM-dd HH:mm} is more than ten years away."),
            "Check the year. For a service without an end leave the stop time out.");
    }

    private static DateTimeOffset Later(DateTimeOffset? a, DateTimeOffset b) => a > b ? a.Value : b;

    private static ProblemException Invalid(string detail, string advice) =>
        new(ProblemCodes.InvalidRequest, detail, advice);
}

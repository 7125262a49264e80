using System.Globalization;

namespace OnionShare.Cmdlets;

/// <summary>
/// Every error record of the module is made here, in <see cref="PathErrors"/> and in <see cref="TorErrors"/>: a stable id (the problem's code in Pascal
/// case), the category, the target, and what to do next.
/// </summary>
internal static class Errors
{
    // Where the cause may lie anywhere between here and the Tor network, there is a command that looks for it.
    private const string Diagnose = "Test-OnionTor finds out what is wrong.";

    public static ErrorRecord From(ProblemException exception, object? target = null)
    {
        var problem = exception.Problem;
        return new ErrorRecord(exception, PascalCase(problem.Code), CategoryOf(problem.Code), target ?? problem.Target)
        {
            // The console shows the two below each other, so the message alone is the sentence without the advice.
            ErrorDetails = new ErrorDetails(problem.Detail) { RecommendedAction = Advice(problem) },
        };
    }

    public static ErrorRecord From(Problem problem, object? target = null) => From(new ProblemException(problem), target);

    /// <summary>The exception of an error, to be thrown where only the caller can report.</summary>
    public static ProblemException Problem(this ErrorRecord error) => (ProblemException)error.Exception;

    public static ErrorRecord NotWebAddress(string parameter, string address, string outcome = "Nothing was published.") => From(new Problem(
        LocalCodes.NotWebAddress,
        $"-{parameter} '{RemoteText.Show(address)}' is not an http or https address.",
        $"Write it whole: https://example.org/path. {outcome}",
        address));

    public static ErrorRecord ParametersClash(string first, string second, string outcome = "Nothing was done.") => From(new Problem(
        LocalCodes.ParametersClash,
        $"-{first} and -{second} can't be used together.",
        $"Leave out -{first} or -{second}. {outcome}"));

    public static ErrorRecord NoTerminal() => From(new Problem(
        LocalCodes.NoTerminal,
        "A chat room needs a terminal, and this session's input or output goes elsewhere.",
        "Use Receive-OnionMessage and Send-OnionMessage in scripts."));

    public static ErrorRecord NoBrowser(string url) => From(new Problem(
        LocalCodes.NothingOpens, $"No program was found that opens {url}: there is no desktop here, or no xdg-open.", "Open it in a browser on this computer.", url));

    public static ErrorRecord NoTorBrowser(string service) => From(new Problem(
        LocalCodes.NothingOpens,
        $"Tor Browser was not found or could not be started, and no other browser may open '{RemoteText.Show(service)}'.",
        "Install it (torproject.org/download, winget install TorProject.TorBrowser, apt install torbrowser-launcher), or open the link (Copy-OnionUrl, Show-OnionUrl) where it is.",
        service));

    public static ErrorRecord TimePassed(string parameter, DateTimeOffset time) => From(new Problem(
        LocalCodes.TimePassed,
        string.Create(CultureInfo.InvariantCulture, $"-{parameter} {time:yyyy-MM-dd HH:mm:ss} is in the past."),
        "Give a time to come; with the date if it is not today's. Nothing was done."), time);

    public static ErrorRecord TimeTooFar(string parameter, DateTimeOffset time) => From(new Problem(
        LocalCodes.TimePassed,
        string.Create(CultureInfo.InvariantCulture, $"-{parameter} {time:yyyy-MM-dd HH:mm:ss} is more than ten years away."),
        "Check the year; write it first: '2026-12-20 17:00'. For a service without an end leave the stop time out. Nothing was done."), time);

    public static ErrorRecord EmptyPassword() => From(new Problem(
        LocalCodes.EmptyPassword,
        "The password is empty.",
        "Give a password, leave -Password out and one is made up, or use -Public for a service without. Nothing was done."));

    public static ErrorRecord EmptyNewPassword() => From(new Problem(
        LocalCodes.EmptyPassword, "The password is empty.", "Give another password, or leave -Password out: then the old one stays. Nothing was changed."));

    public static ErrorRecord NothingToSay() => From(new Problem(
        ProblemCodes.InvalidRequest, "There is nothing to say: no text came in, or blank lines only.", "Give a text with -Message, or check the command before the pipe. Nothing was sent."));

    public static ErrorRecord BackendPassword() => From(new Problem(
        ProblemCodes.InvalidRequest,
        "-OnionBalance needs the password of the site: visitors can't know which backend they reach.",
        "Give every backend the same -Password, or use -Public with all of them. Nothing was published."));

    public static ErrorRecord ServiceNotFound(string name) => From(new Problem(
        ProblemCodes.ServiceNotFound,
        $"No service has the name or id '{RemoteText.Show(name)}'.",
        "Get-OnionService lists the services; with -IncludeEnded also those that have ended, with -Saved those that are saved.",
        name));

    public static ErrorRecord NoHistory(string name) => From(new Problem(
        ProblemCodes.ServiceNotFound,
        $"Nothing is known of transfers of '{RemoteText.Show(name)}'.",
        "Get-OnionTransfer -History lists all that is known. Without -KeepHistory on the command that started it, a service is forgotten with the session.",
        name));

    public static ErrorRecord SavedNotFound(string name) => From(new Problem(
        ProblemCodes.SavedNotFound,
        $"No saved service is named '{RemoteText.Show(name)}'.",
        "Get-OnionService -Saved lists them; Save-OnionService saves one that runs.",
        name));

    public static ErrorRecord NotInVault(string name, string vault) => From(new Problem(
        ProblemCodes.SavedNotFound,
        $"No saved service is named '{RemoteText.Show(name)}' in the vault '{RemoteText.Show(vault)}'.",
        "Get-OnionService -Saved -Vault lists them; without -Vault, those on the disk.",
        name));

    public static ErrorRecord NotScheduledFromVault(string service, string vault) => From(new Problem(
        LocalCodes.NotSchedulable,
        $"'{RemoteText.Show(service)}' is kept in the vault '{RemoteText.Show(vault)}', which the scheduler's engine can't open.",
        "Remove it from the vault and save it on the disk (Remove-OnionService -Vault, Save-OnionService), or have your scheduler run Restore-OnionService "
            + "-Vault in a PowerShell that can open the vault. Nothing was registered.",
        service));

    public static ErrorRecord EmptyVault() => From(new Problem(
        LocalCodes.VaultNotFound,
        "-Vault names no vault.",
        "Give the name of a vault (Get-SecretVault lists them), or leave -Vault out. Nothing was saved or started."));

    public static ErrorRecord RunningOrSavedNotFound(string name) => From(new Problem(
        ProblemCodes.ServiceNotFound,
        $"No service has the name or id '{RemoteText.Show(name)}', running or saved.",
        "Get-OnionService lists those that run, Get-OnionService -Saved those that are saved; for one in a vault that does not run, say -Vault.",
        name));

    public static ErrorRecord NothingToChange() => From(new Problem(
        LocalCodes.NothingToChange,
        "There is nothing to change.",
        "Say what to change: -Password, -Title, -Language, -KeepHistory, -GuessLimit, -StopAt, -StopAfter, -NoStopTime, -NewName, -Detach, -AddPath or "
            + "-RemovePath; of an inbox -MaxFileSize, -MaxSubmissionSize, -MaxFiles, -MaxTotalSize, -MaxConcurrent or -MinFreeSpace."));

    public static ErrorRecord OneNewName() => From(new Problem(
        LocalCodes.NameForOne, "-NewName can name one service only, and more than one came in.", "Name that one. No further service was changed."));

    public static ErrorRecord EmptyPassphrase() => From(new Problem(
        LocalCodes.EmptyPassword,
        "The passphrase is empty.",
        "Give one of at least eight characters, better five words; or use -NoEncryption."));

    public static ErrorRecord NobodyToAsk() => From(new Problem(
        ProblemCodes.PassphraseNeeded,
        "A passphrase is needed, and there is nobody to ask for it here.",
        "Give it with -Passphrase."));

    public static ErrorRecord PassphrasesDiffer() => From(new Problem(
        LocalCodes.PassphrasesDiffer,
        "The two passphrases are not the same.",
        "Run the command again and type the same passphrase twice. Nothing was written."));

    public static ErrorRecord OneFileForOne(string path, int count) => From(new Problem(
        LocalCodes.NameForOne,
        $"{count} services came in, and '{RemoteText.Show(path)}' is no folder: a file holds one service.",
        "Give a folder that is there, or export them one by one. Nothing was written.",
        path));

    public static ErrorRecord NameForOne() => From(new Problem(
        LocalCodes.NameForOne,
        "-Name can name one service only, and more than one came in.",
        "Leave out -Name to take the names the files give."));

    public static ErrorRecord OneClientOnly() => From(new Problem(
        LocalCodes.NameForOne,
        "-PublicKey is the key of one client, and -Client names more than one.",
        "Grant each client its own key."));

    public static ErrorRecord OnlyForMode(string parameter, ServiceMode mode) => From(new Problem(
        LocalCodes.OnlyForMode,
        $"-{parameter} is only for -Mode {mode}.",
        $"Leave out -{parameter}. Nothing was saved."));

    public static ErrorRecord ContentNeeded(ServiceMode mode) => From(new Problem(
        LocalCodes.ContentNeeded,
        $"-Mode {mode} needs to know what to work on.",
        (mode == ServiceMode.Receive ? "Name the folder to receive into" : "Name files and folders") + " with -ContentPath. Nothing was saved."));

    public static ErrorRecord NoServiceRuns() => From(new Problem(
        ProblemCodes.ServiceNotFound,
        "No service is running.",
        "Start one with Start-OnionShare, Start-OnionReceive, Start-OnionWebsite or Start-OnionChat."));

    public static ErrorRecord NameNeeded(IEnumerable<string> names) => From(new Problem(
        LocalCodes.NameNeeded,
        $"Several services are running: {string.Join(", ", names.Select(name => RemoteText.Show(name, 40)))}.",
        "Choose with -Name; -Name * means all of them."));

    public static ErrorRecord NoAddress(OnionService service) => From(new Problem(
        LocalCodes.NoAddress,
        $"The service '{RemoteText.Show(service.Name)}' has no address: it is {service.State}.",
        service.Status.State.IsEnded() ? "Start it again." : "Wait for it with Wait-OnionService -State Running.",
        service.Name), service);

    public static ErrorRecord NoPrivateKey() => From(new Problem(
        ProblemCodes.InvalidRequest,
        "There is no private key to draw.",
        "Give what Grant-OnionAccess gave, or the 52 characters of the key. A key that the visitor made is known to the visitor alone."));

    public static ErrorRecord WaitTimedOut(OnionService service, TimeSpan timeout) => From(new Problem(
        LocalCodes.TimedOut,
        string.Create(
            CultureInfo.InvariantCulture,
            $"After {timeout.TotalSeconds:0.#} s the service '{RemoteText.Show(service.Name)}' was still {service.State}."),
        "Wait longer with -Timeout, or see Get-OnionService.",
        service.Name), service);

    public static ErrorRecord EndedFirst(OnionService service, ServiceState wanted) => From(
        service.Error is { } error
            ? error
            : new Problem(
                ProblemCodes.ServiceEnded,
                $"The service '{RemoteText.Show(service.Name)}' will not become {wanted}: it is {service.State}"
                    + (service.StopReason is { } reason ? $" ({reason})." : "."),
                "Start it again.",
                service.Name),
        service);

    public static ErrorRecord WatchFailed(int exitCode, string words) => From(new Problem(
        LocalCodes.EngineNotStarted,
        $"The view ended with exit code {exitCode}" + (words.Trim() is { Length: > 0 } said ? $": {RemoteText.Show(said, 500)}" : "."),
        "Watch-OnionService -Lines tells the same in lines."));

    public static ErrorRecord TaskInUse(OnionScheduledTask task) => From(new Problem(
        LocalCodes.TaskInUse,
        $"There is a task named '{RemoteText.Show(task.Name)}' already: it {(task.Does == OnionTaskAction.Start ? "starts" : "stops")} "
            + $"'{RemoteText.Show(task.Service)}' {task.Schedule}.",
        "Choose another name, or use -Force to replace that task.",
        task.Name), task);

    public static ErrorRecord TaskNotFound(string name) => From(new Problem(
        LocalCodes.TaskNotFound,
        $"No scheduled task has the name '{RemoteText.Show(name)}'.",
        "Get-OnionScheduledTask lists them.",
        name));

    public static ErrorRecord ServiceNotSaved(string name) => From(new Problem(
        ProblemCodes.SavedNotFound,
        $"No saved service is named '{RemoteText.Show(name)}', and only a saved one can be started again.",
        "Save it with Save-OnionService, or start it with -Save; what is kept in a vault can't be scheduled. Nothing was registered.",
        name));

    public static ErrorRecord TaskName(string name) => From(new Problem(
        LocalCodes.NotSchedulable,
        $"The name '{RemoteText.Show(name)}' can't be used for a task.",
        "Use 1 to 100 visible characters. Nothing was registered.",
        name));

    private static string PascalCase(string code) => string.Concat(
        code.Split('-', StringSplitOptions.RemoveEmptyEntries).Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static string Advice(Problem problem) => problem.Code switch
    {
        ProblemCodes.TorNotStarted or ProblemCodes.TorNotConnected or ProblemCodes.TorControl or ProblemCodes.TorFellBack
            or ProblemCodes.NotPublished when problem.Advice?.Contains("Test-OnionTor", StringComparison.Ordinal) != true =>
            problem.Advice is { Length: > 0 } advice ? $"{advice} {Diagnose}" : Diagnose,
        ProblemCodes.OutsideTor => "Add -OutsideTor if that is no danger to you. Otherwise connect in another way first and use -Through Tor, or take bridges "
            + "from somebody you trust. Nothing was asked.",
        _ => problem.Advice ?? "",
    };

    // PowerShell's category of each code.
    private static ErrorCategory CategoryOf(string code) => code switch
    {
        ProblemCodes.RemotePassword or ProblemCodes.RemoteKey => ErrorCategory.AuthenticationError,
        ProblemCodes.TorControl or ProblemCodes.TorFellBack or ProblemCodes.BridgesNotFound or ProblemCodes.TorNotConnected
            or ProblemCodes.NotPublished or ProblemCodes.EngineGone or ProblemCodes.EngineNotRunning or ProblemCodes.RemoteUnreachable => ErrorCategory.ConnectionError,
        LocalCodes.NotSchedulable or ProblemCodes.RemoteAddress or LocalCodes.NoTerminal or ProblemCodes.TorSettings
            or LocalCodes.NoBridgeLines or LocalCodes.ProxyNeeded or ProblemCodes.InvalidRequest or LocalCodes.PathNotFileSystem
            or LocalCodes.PathNotFolder or LocalCodes.NotWebAddress or LocalCodes.NothingToShare or LocalCodes.ParametersClash
            or LocalCodes.TimePassed or LocalCodes.EmptyPassword or LocalCodes.PassphrasesDiffer or LocalCodes.NameNeeded
            or ProblemCodes.PassphraseNeeded or LocalCodes.NoPath or LocalCodes.NoInput or LocalCodes.NothingToChange
            or LocalCodes.NameForOne or LocalCodes.OnlyForMode or LocalCodes.ContentNeeded => ErrorCategory.InvalidArgument,
        ProblemCodes.SavedUnusable or ProblemCodes.ImportRefused or ProblemCodes.RemoteDamaged => ErrorCategory.InvalidData,
        ProblemCodes.ServiceEnded or ProblemCodes.TorRefused or LocalCodes.SchedulerRefused or ProblemCodes.RemoteRefused => ErrorCategory.InvalidOperation,
        ProblemCodes.PathNotShareable => ErrorCategory.InvalidType,
        ProblemCodes.TorNotFound or LocalCodes.EngineNotFound or LocalCodes.NothingOpens or LocalCodes.VaultModuleMissing
            or LocalCodes.SchedulerNotFound or ProblemCodes.TransportNotFound => ErrorCategory.NotInstalled,
        ProblemCodes.PathNotFound or ProblemCodes.ServiceNotFound or ProblemCodes.OwnerNotFound or ProblemCodes.SavedNotFound
            or ProblemCodes.ClientNotFound or LocalCodes.TaskNotFound or LocalCodes.VaultNotFound or ProblemCodes.RemoteNotFound => ErrorCategory.ObjectNotFound,
        ProblemCodes.TorNotStarted or LocalCodes.EngineNotStarted => ErrorCategory.OpenError,
        ProblemCodes.EngineSilent or LocalCodes.TimedOut => ErrorCategory.OperationTimeout,
        ProblemCodes.PathNotReadable or ProblemCodes.PathNotWritable => ErrorCategory.PermissionDenied,
        ProblemCodes.RemoteNotUnderstood or ProblemCodes.EngineNotUnderstood => ErrorCategory.ProtocolError,
        ProblemCodes.TorInUse or LocalCodes.EngineOtherVersion => ErrorCategory.ResourceBusy,
        ProblemCodes.SavedNameInUse or ProblemCodes.ClientNameInUse or ProblemCodes.FileExists or ProblemCodes.NameInUse
            or LocalCodes.TaskInUse => ErrorCategory.ResourceExists,
        ProblemCodes.NoPort or LocalCodes.NoHome or LocalCodes.NoAddress or LocalCodes.VaultRefused or ProblemCodes.InstallFailed => ErrorCategory.ResourceUnavailable,
        ProblemCodes.InstallRefused or ProblemCodes.OutsideTor or ProblemCodes.EngineNotTrusted or ProblemCodes.RemoteUnsafe => ErrorCategory.SecurityError,
        LocalCodes.VaultBehind or ProblemCodes.NoSpace => ErrorCategory.WriteError,
        _ => ErrorCategory.NotSpecified,
    };
}

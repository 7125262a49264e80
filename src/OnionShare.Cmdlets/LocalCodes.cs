namespace OnionShare.Cmdlets;

/// <summary>Stable codes of the problems only this side meets; the engine's are in <see cref="Contracts.ProblemCodes"/>.</summary>
internal static class LocalCodes
{
    public const string EngineNotFound = "engine-not-found";
    public const string EngineNotStarted = "engine-not-started";
    public const string EngineOtherVersion = "engine-other-version";
    public const string PathNotFileSystem = "path-not-file-system";
    public const string PathNotFolder = "path-not-folder";
    public const string NotWebAddress = "not-web-address";
    public const string NoHome = "no-home";
    public const string NothingToShare = "nothing-to-share";
    public const string NoPath = "no-path";

    public const string NoInput = "no-input";

    public const string ParametersClash = "parameters-clash";
    public const string TimePassed = "time-passed";
    public const string EmptyPassword = "empty-password";
    public const string PassphrasesDiffer = "passphrases-differ";
    public const string NameNeeded = "name-needed";
    public const string NoTerminal = "no-terminal";
    public const string NoAddress = "no-address";
    public const string NothingToChange = "nothing-to-change";
    public const string NameForOne = "name-for-one";
    public const string OnlyForMode = "only-for-mode";
    public const string ContentNeeded = "content-needed";
    public const string NoBridgeLines = "no-bridge-lines";
    public const string ProxyNeeded = "proxy-needed";
    public const string NothingOpens = "nothing-opens";
    public const string TimedOut = "timed-out";
    public const string SchedulerNotFound = "scheduler-not-found";
    public const string SchedulerRefused = "scheduler-refused";
    public const string NotSchedulable = "not-schedulable";
    public const string TaskNotFound = "task-not-found";
    public const string TaskInUse = "task-in-use";
    public const string VaultModuleMissing = "vault-module-missing";
    public const string VaultNotFound = "vault-not-found";
    public const string VaultRefused = "vault-refused";
    public const string VaultBehind = "vault-behind";
}

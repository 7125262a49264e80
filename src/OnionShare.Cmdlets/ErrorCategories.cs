using System.Management.Automation;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets;

/// <summary>PowerShell's category of each code of an error.</summary>
internal static class ErrorCategories
{
    public static ErrorCategory Of(string code) => code switch
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

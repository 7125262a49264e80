using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>Runs an installed tor as a process. Control, watching and the data folder are the engine's.</summary>
public interface ITorRunner
{
    /// <summary>Starts tor. It need not be ready when this returns. The engine does not start the same installation twice at a time.</summary>
    /// <param name="run">What to run, and how.</param>
    /// <param name="output">Takes each line it prints, from any thread.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorNotStarted"/>. Nothing is left running then.</exception>
    Task<IRunningTor> StartAsync(TorRun run, Action<string> output);
}

/// <summary>A tor that was started; disposal kills it if it still runs, and waits for its end.</summary>
public interface IRunningTor : IAsyncDisposable
{
    /// <summary>Completes when it has ended.</summary>
    Task Exited { get; }

    /// <summary>Its process id; null when that is not known.</summary>
    int? ProcessId { get; }

    /// <summary>Its exit code, after disposal; null when that is not known.</summary>
    int? ExitCode { get; }
}

public sealed record TorRun
{
    /// <summary>The folder its archive was unpacked to; the archive lies beside it, under the folder's name and <c>.tar.gz</c>.</summary>
    public required string ProgramFolder { get; init; }

    /// <summary>The text of its torrc, authentication of the control port included. The runner may say ports and folders in place of it.</summary>
    public required string Torrc { get; init; }
    public required string DataFolder { get; init; }

    /// <summary>A port of 127.0.0.1 for SOCKS that nobody listens on.</summary>
    public required int SocksPort { get; init; }

    /// <summary>A port of 127.0.0.1 for control that nobody listens on.</summary>
    public required int ControlPort { get; init; }
}

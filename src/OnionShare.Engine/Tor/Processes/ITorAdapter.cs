using OnionShare.Engine.Tor.Installation;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>What the adapter on TorSharp brings, when it lies beside the engine (see <see cref="TorSharpAssembly"/>).</summary>
public interface ITorAdapter
{
    ITorFetcher Fetcher { get; }

    ITorRunner Runner { get; }
}

/// <summary>An archive that was found at a download site.</summary>
/// <param name="Version">The version of the bundle, which is not tor's own: <c>15.0.3</c>.</param>
/// <param name="Address">Where it is.</param>
/// <param name="FileName">What the file is to be called here: <c>….tar.gz</c>.</param>
public sealed record TorArchive(Version Version, Uri Address, string FileName);

/// <summary>
/// Finds the newest tor at a download site, and fetches it. What it fetches is not trusted: the engine checks it before anybody looks into it.
/// Both go through a client that watches over sizes, times and, where the engine knows it, the checksum; what that client throws is let through.
/// </summary>
public interface ITorFetcher
{
    /// <summary>Finds the newest tor for this platform.</summary>
    /// <param name="site">A client whose base address is the folder with a folder for each version.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InstallFailed"/>: there is none for this platform.</exception>
    Task<TorArchive> FindAsync(HttpClient site, CancellationToken cancellationToken);

    /// <param name="archive">What <see cref="FindAsync"/> gave.</param>
    /// <param name="site">The client, as there.</param>
    /// <param name="folder">A folder to put it in, under its name: a tar archive, compressed with gzip.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task FetchAsync(TorArchive archive, HttpClient site, string folder, CancellationToken cancellationToken);
}

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

using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Processes;

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

    /// <summary>Fetches what was found.</summary>
    /// <param name="archive">What <see cref="FindAsync"/> gave.</param>
    /// <param name="site">The client, as there.</param>
    /// <param name="folder">A folder to put it in, under its name: a tar archive, compressed with gzip.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task FetchAsync(TorArchive archive, HttpClient site, string folder, CancellationToken cancellationToken);
}

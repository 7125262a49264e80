using Knapcode.TorSharp;
using Knapcode.TorSharp.Tools;
using OnionShare.Contracts;
using OnionShare.Engine;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.TorSharp;

/// <summary>
/// TorSharp's fetcher. It unpacks nothing: that is its runner's part, which finds the engine's folder already there. It does look into the archive's first
/// entry when it has fetched it, but does not get that far with one that is not right: the engine's client refuses it the end.
/// </summary>
internal sealed class TorSharpFetcher : ITorFetcher
{
    public async Task<TorArchive> FindAsync(HttpClient site, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SiteHandler(site, cancellationToken))
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = site.MaxResponseContentBufferSize,
        };

        // It looks in this folder for archives of an earlier time, and there are none: it need not exist.
        var settings = Settings.For(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()));
        try
        {
            var updates = await new TorSharpToolFetcher(settings, client).CheckForUpdatesAsync();
            var newest = updates.Tor.LatestDownload;
            return new TorArchive(newest.Version, SiteHandler.ToSite(site, newest.Url), Path.GetFileName(updates.Tor.DestinationPath));
        }
        catch (TorSharpException e)
        {
            throw new ProblemException(
                ProblemCodes.InstallFailed, $"At {site.BaseAddress} there is no tor for this computer.",
                "Give the address of the folder with a folder for each version, as https://dist.torproject.org/torbrowser/ is. Or install tor by hand "
                    + "(apt install tor, winget install TorProject.TorBrowser, brew install tor): it is found then.",
                site.BaseAddress!.AbsoluteUri, cause: e);
        }
    }

    public async Task FetchAsync(TorArchive archive, HttpClient site, string folder, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SiteHandler(site, cancellationToken)) { Timeout = Timeout.InfiniteTimeSpan };
        var found = new DownloadableFile(archive.Version, SiteHandler.ToKnown(site, archive.Address), ZippedToolFormat.TarGz);
        var fetcher = new TorSharpToolFetcher(Settings.For(folder), client);
        var path = Path.Combine(folder, archive.FileName);
        try
        {
            await fetcher.FetchAsync(new ToolUpdates(null, new ToolUpdate(ToolUpdateStatus.NoLocalVersion, null, path, found)));
        }
        catch (TorSharpException e)
        {
            throw new ProblemException(
                ProblemCodes.InstallRefused, $"What is at {archive.Address} can't be read: {e.Message}", "Try another source.",
                archive.Address.AbsoluteUri, cause: e);
        }
    }
}

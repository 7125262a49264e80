using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>A stand-in site with a good release, signed with a throw-away key, and an installer that expects that key.</summary>
internal sealed class InstallWorkplace : IAsyncDisposable
{
    private static readonly Lazy<byte[]> Good = new(() => StandIn.Archive(InstallRequires.Tor()));

    private readonly Func<ITorFetcher> _fetcher;

    private InstallWorkplace(Func<ITorFetcher> fetcher, StandIn site, GpgKey key)
    {
        _fetcher = fetcher;
        (Site, Key) = (site, key);
        Terms = new InstallTerms { SigningKey = key.Fingerprint, AnswerLimit = TimeSpan.FromMinutes(5) };
        Site.Publish(Archive, key);
    }

    public StandIn Site { get; }

    public GpgKey Key { get; }

    /// <summary>A good archive, which is what the site has. Not to be changed.</summary>
    public byte[] Archive => Good.Value;

    public InstallTerms Terms { get; set; }

    /// <summary>The state folder; not there before something is installed.</summary>
    public string State { get; } = Path.Combine(Directory.CreateTempSubdirectory("onionshare-install ünï ").FullName, "state");

    public static async Task<InstallWorkplace> CreateAsync(Func<ITorFetcher> fetcher)
    {
        // What is missing is found out before anything is started.
        Requires.Tor();
        fetcher();
        var key = GpgKey.Create();
        try
        {
            return new InstallWorkplace(fetcher, await StandIn.StartAsync(Cancel), key);
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    public Task<TorInstallation> InstallAsync(bool withoutSignature = false, Uri? source = null, TorSettings? settings = null, CancellationToken? cancellationToken = null) =>
        new TorInstaller(State, _fetcher, Terms, NullLogger.Instance).InstallAsync(
            new TorInstallRequest
            {
                Source = (source ?? Site.Source).AbsoluteUri,
                KeySource = Site.KeySource.AbsoluteUri,
                WithoutSignature = withoutSignature,
            },
            settings ?? new TorSettings(),
            cancellationToken ?? Cancel);

    /// <summary>Installs in vain: nothing stays, and what was there before is there as it was.</summary>
    public async Task<Problem> RefusedAsync(string code, bool withoutSignature = false, Uri? source = null)
    {
        var before = Traces();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => InstallAsync(withoutSignature, source));
        Assert.Equal(code, refused.Problem.Code);
        Assert.NotNull(refused.Problem.Advice);
        Assert.Equal(before, Traces());
        return refused.Problem;
    }

    /// <summary>Every file below the state folder, with its length.</summary>
    public IReadOnlyList<string> Traces() => Directory.Exists(State)
        ? [.. new DirectoryInfo(State).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Select(found => $"{Path.GetRelativePath(State, found.FullName)} {(found as FileInfo)?.Length}").Order()]
        : [];

    public async ValueTask DisposeAsync()
    {
        await Site.DisposeAsync();
        Key.Dispose();
        Directory.Delete(Path.GetDirectoryName(State)!, recursive: true);
    }
}

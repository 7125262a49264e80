using OnionShare.Contracts;
using OnionShare.Engine.Tor.Installation;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>Which archive is taken of what a site lists; how it is fetched and checked is in <see cref="InstallTests"/>.</summary>
public sealed class SiteFetcherTests
{
    [Fact(Timeout = 60_000)]
    public async Task The_newest_release_that_has_one_for_this_computer_is_taken()
    {
        await using var site = await StandIn.StartAsync(Cancel);
        site.List(StandIn.Root, "../", "9.5.4/", "16.1a2/", "15.0.3/", "15.0.10/", "16.0/", "README");
        site.List(StandIn.Root + "16.0/", "../", "tor-expert-bundle-android-aarch64-16.0.tar.gz");
        site.List(StandIn.Root + "15.0.10/", "../", StandIn.ArchiveName("15.0.10") + ".asc", StandIn.ArchiveName("15.0.10"));
        using var client = new HttpClient { BaseAddress = site.Source };

        var found = await new SiteFetcher().FindAsync(client, Cancel);

        Assert.Equal((new Version(15, 0, 10), new Uri(site.Source, StandIn.ArchivePath("15.0.10"))), (found.Version, found.Address));
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_there_is_none_for_this_computer_it_is_said_and_what_to_do()
    {
        await using var site = await StandIn.StartAsync(Cancel);
        site.List(StandIn.Root, "../", "15.0.3/");
        site.List(StandIn.Root + "15.0.3/", "../", "tor-expert-bundle-android-aarch64-15.0.3.tar.gz");
        using var client = new HttpClient { BaseAddress = site.Source };

        var refused = await Assert.ThrowsAsync<ProblemException>(() => new SiteFetcher().FindAsync(client, Cancel));

        Assert.Equal(ProblemCodes.InstallFailed, refused.Problem.Code);
        Assert.Contains("no tor for this computer", refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Contains("install tor by hand", refused.Problem.Advice, StringComparison.Ordinal);
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Modes;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Website.RunningWebsite;

namespace OnionShare.Engine.Tests.Modes.Website;

public sealed class WebsitePolicyTests
{
    [Fact]
    public async Task The_strict_policy_is_the_default()
    {
        await using var site = await StartAsync(new SiteFolder().Write("a.html", "x"));
        Assert.Equal(IServiceMode.StrictPolicy, await PolicyAsync(site, "/a.html"));
    }

    [Theory]
    [InlineData("default-src 'none'; img-src *")]
    [InlineData(null)]
    public async Task A_policy_of_ones_own_or_none_is_for_the_site_and_not_for_the_engines_pages(string? own)
    {
        await using var site = await StartAsync(
            new SiteFolder().Write("a.html", "x").Write("folder/a", "x"),
            request => request with { ContentSecurityPolicy = own, NoContentSecurityPolicy = own is null });
        Assert.Equal(own, await PolicyAsync(site, "/a.html"));
        Assert.StartsWith(IServiceMode.StrictPolicy, await PolicyAsync(site, "/nothing"), StringComparison.Ordinal);
        Assert.Equal(IServiceMode.StrictPolicy, await PolicyAsync(site, "/folder/"));
    }

    [Theory]
    [InlineData("default-src 'self'", true, "A Content-Security-Policy was given, and none was asked for.")]
    [InlineData(" ", false, "The Content-Security-Policy is empty.")]
    [InlineData("default-src 'self'\r\nX-Evil: 1", false, "The Content-Security-Policy holds a line break")]
    public void A_policy_that_can_not_be_is_refused(string policy, bool none, string message)
    {
        var request = new WebsiteRequest { Paths = ["/"], ContentSecurityPolicy = policy, NoContentSecurityPolicy = none };
        var refused = Assert.Throws<ProblemException>(() => ServiceModes.Create(request, () => null));
        Assert.Equal(ProblemCodes.InvalidRequest, refused.Problem.Code);
        Assert.StartsWith(message, refused.Problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(refused.Problem.Advice);
    }

    [Fact]
    public async Task A_site_that_is_not_there_is_refused_and_nothing_is_left_behind()
    {
        using var folder = new SiteFolder();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => StartAsync(folder, request => request with { Paths = [folder.At("nothing")] }));
        Assert.Equal(ProblemCodes.PathNotFound, refused.Problem.Code);
        Assert.Equal([folder.Root], Directory.GetFileSystemEntries(folder.Above));
    }

    private static async Task<string?> PolicyAsync(RunningWebsite site, string path)
    {
        using var response = await site.GetAsync(path);
        return response.Headers.TryGetValues("Content-Security-Policy", out var values) ? values.Single() : null;
    }
}

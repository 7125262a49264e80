using OnionShare.Contracts;
using OnionShare.Engine.Tests.Archive;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>What lies in a listing can be fetched whole by the program everybody has for it.</summary>
public sealed class MirrorTests
{
    [Theory(Timeout = 120_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Wget_mirrors_a_listing(bool website)
    {
        await using var engine = new LocalEngine();
        engine.Scratch.File("one.bin", 1000);
        engine.Scratch.File("deep/er/two & three.bin", 2000);
        ServiceRequest request = website
            ? new WebsiteRequest { Paths = [engine.Scratch.Files] } : new ShareRequest { Paths = [engine.Scratch.Files], KeepSharing = true };
        var service = await engine.StartAsync(request);
        var into = engine.Scratch.At("mirror");

        var (exit, output) = await ZipTools.RunAsync("wget", "-q", "--no-proxy", "-r", "-l", "inf", "-nH", "-P", into, service.Status.Url! + "/");

        Assert.True(exit is 0 or 8, output); // 8: something was not there, as robots.txt is not
        foreach (var name in (string[])["one.bin", "deep/er/two & three.bin"])
        {
            Assert.Equal(
                await File.ReadAllBytesAsync(Path.Combine(engine.Scratch.Files, name), Cancel),
                await File.ReadAllBytesAsync(Path.Combine(into, website ? "" : "files", name), Cancel));
        }
    }
}

using System.IO.Compression;
using Xunit;
using SharpZip = ICSharpCode.SharpZipLib.Zip;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>Sizes and offsets beyond 32 bits.</summary>
public sealed class VirtualZipLongTests(LongArchive archive) : IClassFixture<LongArchive>
{
    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task Tools_find_the_file_behind_4_GiB(string tool) =>
        Assert.Equal("after", await ZipTools.ReadAsync(tool, await archive.SavedAsync(), "b-after"));

    [Theory]
    [MemberData(nameof(ZipTools.All), MemberType = typeof(ZipTools))]
    public async Task Tools_find_all_4_GiB_right(string tool)
    {
        if (Environment.GetEnvironmentVariable("ONIONSHARE_SLOW") is not "1")
            Assert.Skip("skipped: tools take ten seconds and more for 4 GiB; set ONIONSHARE_SLOW=1");
        await ZipTools.TestAsync(tool, await archive.SavedAsync());
    }

    [Fact]
    public void Dotnet_finds_sizes_and_bytes()
    {
        using var zip = new ZipArchive(new ContentStream(archive.Content));
        Assert.Equal([("a-long", LongArchive.LongFile), ("b-after", 5L), ("c-last", 1L)], zip.Entries.Select(e => (e.FullName, e.Length)));
        using var after = new StreamReader(zip.GetEntry("b-after")!.Open());
        Assert.Equal("after", after.ReadToEnd());
    }

    [Fact]
    public void SharpZipLib_finds_nothing_wrong_in_local_and_central_records()
    {
        using var zip = new SharpZip.ZipFile(new ContentStream(archive.Content));
        Assert.Equal(string.Empty, SharpZipFaults.Of(zip, testData: false));
    }

    [Fact]
    public async Task The_saved_copy_has_the_length_that_was_announced() =>
        Assert.Equal(archive.Content.Length, new FileInfo(await archive.SavedAsync()).Length);
}

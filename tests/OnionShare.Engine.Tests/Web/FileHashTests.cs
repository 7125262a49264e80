using System.Security.Cryptography;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>Listings show the SHA-256 beside each file once it is known.</summary>
public sealed class FileHashTests
{
    public static TheoryData<string> Modes => ["share", "share once", "website"];

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Modes))]
    public async Task A_listing_shows_the_checksum_beside_each_file(string mode)
    {
        await using var engine = new LocalEngine();
        var files = new[] { "folder/a.txt", "folder/b.bin" };
        foreach (var (name, length) in files.Zip([100, 200_000])) engine.Scratch.File(name, length);
        var service = await engine.StartAsync(mode == "website"
            ? new WebsiteRequest { Paths = [engine.Scratch.At("files/folder")] }
            : new ShareRequest { Paths = [engine.Scratch.At("files/folder")], KeepSharing = mode == "share" });
        using var visitor = LocalEngine.Visit(service);
        foreach (var file in files)
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(engine.Scratch.At("files/" + file), Cancel)));
            await Until.TrueAsync(async () => (await visitor.Client.GetStringAsync("/", Cancel)).Contains($"<code>{hash}</code>", StringComparison.Ordinal));
        }
    }
}

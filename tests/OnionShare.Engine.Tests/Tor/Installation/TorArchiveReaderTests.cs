using System.Formats.Tar;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Installation;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>Unpacking: what is in the folder afterwards, and that nothing is anywhere else.</summary>
public sealed class TorArchiveReaderTests : IDisposable
{
    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("onionshare-unpack-");

    private string Folder => Path.Combine(_scratch.FullName, "in", "side");

    public void Dispose() => _scratch.Delete(recursive: true);

    [Fact]
    public async Task Files_come_out_whole_with_those_that_run_marked_and_for_this_user_only()
    {
        await UnpackAsync(StandIn.Archive("program"u8.ToArray(), tar => StandIn.Add(tar, "./docs/deep/er/ünï.txt", "text"u8.ToArray())));

        Assert.Equal("text", await File.ReadAllTextAsync(Path.Combine(Folder, "docs", "deep", "er", "ünï.txt"), Cancel));
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(Folder, "tor", "tor")));
        Assert.Equal((UnixFileMode)0b110_000_000, File.GetUnixFileMode(Path.Combine(Folder, "data", "geoip")));
        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(Path.Combine(Folder, "docs")));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("a/../../x")]
    [InlineData("a/..")]
    [InlineData("/x")]
    [InlineData("//x")]
    [InlineData("..\\x")]
    [InlineData("a\\..\\..\\x")]
    [InlineData("C:\\x")]
    [InlineData("C:x")]
    [InlineData("tor/tor:stream")]
    [InlineData("tor./x")]
    [InlineData(".. /x")]
    public async Task A_name_that_leads_elsewhere_on_any_platform_is_refused(string name)
    {
        var detail = await RefusedAsync(StandIn.Archive(null, tar => StandIn.Add(tar, name, "x"u8.ToArray())));

        Assert.Contains("leads elsewhere", detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(_scratch.FullName, "x", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData(TarEntryType.SymbolicLink)]
    [InlineData(TarEntryType.HardLink)]
    [InlineData(TarEntryType.Fifo)]
    [InlineData(TarEntryType.CharacterDevice)]
    public async Task What_is_no_file_and_no_folder_is_refused(TarEntryType type)
    {
        var detail = await RefusedAsync(StandIn.Archive(null, tar =>
        {
            var entry = new GnuTarEntry(type, "tor/link");
            if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
                entry.LinkName = "/etc/passwd";
            tar.WriteEntry(entry);
            StandIn.Add(tar, "tor/link/x", "x"u8.ToArray());
        }));

        Assert.Contains("neither a file nor a folder", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_comes_twice_is_refused()
    {
        var detail = await RefusedAsync(StandIn.Archive("one"u8.ToArray(), tar => StandIn.Add(tar, OperatingSystem.IsWindows() ? "tor/tor.exe" : "tor/tor", "two"u8.ToArray())));

        Assert.Contains("is in it twice", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_are_shown_with_what_is_hidden_in_them()
    {
        Assert.Contains("\\u{1B}", await RefusedAsync(StandIn.Archive(null, tar => StandIn.Add(tar, "../\u001b[2Jx", "x"u8.ToArray()))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Little_that_unpacks_to_much_is_refused_before_it_is_written()
    {
        var bomb = StandIn.Archive(null, tar => StandIn.Add(tar, "zeros", new byte[2_000_000]));
        Assert.InRange(bomb.Length, 0, 100_000);

        var detail = await RefusedAsync(bomb, new InstallTerms { LongestUnpacked = 1_000_000 });

        Assert.Contains("too large", detail, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(Folder, "zeros")));
    }

    [Fact]
    public async Task Too_many_entries_are_refused()
    {
        var many = StandIn.Archive(null, tar =>
        {
            for (var number = 0; number < 50; number++)
                StandIn.Add(tar, $"{number}", []);
        });

        Assert.Contains("too large", await RefusedAsync(many, new InstallTerms { MostEntries = 40 }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("text")]
    [InlineData("cut")]
    [InlineData("noise")]
    public async Task What_is_no_archive_is_refused(string what)
    {
        var good = StandIn.Archive(Integration.Scratch.Bytes(100_000));
        var noise = good.ToArray();
        Random.Shared.NextBytes(noise.AsSpan(20_000, 5_000));

        await RefusedAsync(what switch
        {
            "empty" => [],
            "text" => "<html>"u8.ToArray(),
            "cut" => good[..(good.Length / 2)],
            _ => noise,
        });
    }

    private async Task UnpackAsync(byte[] archive, InstallTerms? terms = null)
    {
        var file = Path.Combine(_scratch.FullName, "archive.tar.gz");
        await File.WriteAllBytesAsync(file, archive, Cancel);
        await TorArchiveReader.UnpackAsync(file, Folder, terms ?? new InstallTerms(), Cancel);
    }

    private async Task<string> RefusedAsync(byte[] archive, InstallTerms? terms = null)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => UnpackAsync(archive, terms));
        Assert.Equal(ProblemCodes.InstallRefused, refused.Problem.Code);
        return refused.Problem.Detail;
    }
}

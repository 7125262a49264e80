using System.IO.Compression;
using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Tests.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Archive;

public sealed class VirtualZipTests : IDisposable
{
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Any_range_of_any_archive_equals_that_part_of_the_whole(int seed)
    {
        var random = new Random(seed);
        FillAtRandom(random);
        var tree = _folder.Scan();
        var whole = await new VirtualZip(tree).ReadAllAsync();
        var shared = new VirtualZip(tree);
        for (var i = 0; i < 150; i++)
        {
            // Every third by an archive of its own, which knows no CRC yet.
            var content = i % 3 == 0 ? new VirtualZip(tree) : shared;
            var offset = random.NextInt64(content.Length);
            var length = Math.Min(random.Next(1, i % 2 == 0 ? 100 : 300_000), content.Length - offset);
            var range = await content.ReadRangeAsync(offset, length, random.Next(1, 100_000));
            Assert.True(whole.AsSpan((int)offset, (int)length).SequenceEqual(range), $"seed {seed}, range {i}: {offset}+{length}");
        }
    }

    [Fact]
    public async Task Ranges_read_at_once_by_many_transfers_equal_the_whole()
    {
        FillAtRandom(new Random(4));
        var tree = _folder.Scan();
        var whole = await new VirtualZip(tree).ReadAllAsync();
        var content = new VirtualZip(tree);
        await Parallel.ForAsync(0, 16, Cancel, async (i, _) =>
        {
            var offset = content.Length * i / 32;
            var range = await content.ReadRangeAsync(offset, content.Length - offset, 5000);
            Assert.True(whole.AsSpan((int)offset).SequenceEqual(range));
        });
    }

    [Fact]
    public async Task A_reader_may_jump_back_and_forth()
    {
        FillAtRandom(new Random(5));
        var content = new VirtualZip(_folder.Scan());
        var whole = await content.ReadAllAsync();
        await using var reader = content.Open();
        var random = new Random(6);
        var buffer = new byte[10_000];
        for (var i = 0; i < 200; i++)
        {
            var offset = random.NextInt64(content.Length);
            var count = await reader.ReadAsync(offset, buffer, Cancel);
            Assert.True(whole.AsSpan((int)offset, count).SequenceEqual(buffer.AsSpan(0, count)));
        }
    }

    [Fact]
    public async Task Nothing_is_read_beyond_the_end()
    {
        _folder.Write("a", "a");
        var content = new VirtualZip(_folder.Scan());
        await using var reader = content.Open();
        Assert.Equal(0, await reader.ReadAsync(content.Length, new byte[10], Cancel));
        Assert.Equal(0, await reader.ReadAsync(long.MaxValue, new byte[10], Cancel));
        Assert.Equal(1, await reader.ReadAsync(content.Length - 1, new byte[10], Cancel));
    }

    [Fact]
    public async Task Looking_again_gives_the_same_bytes_and_entity_tag()
    {
        FillAtRandom(new Random(7));
        var first = new VirtualZip(_folder.Scan());
        var second = new VirtualZip(_folder.Scan());
        Assert.Equal(first.EntityTag, second.EntityTag);
        Assert.Matches("^\"[0-9a-f]{32}\"$", first.EntityTag);
        Assert.Equal(await first.ReadAllAsync(), await second.ReadAllAsync());
    }

    [Fact]
    public void A_new_time_name_size_or_file_gives_a_new_entity_tag()
    {
        var path = _folder.Write("a", "a");
        var tags = new HashSet<string> { Tag() };
        File.SetLastWriteTimeUtc(path, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Assert.True(tags.Add(Tag()), "time");
        File.Move(path, _folder.At("b"));
        Assert.True(tags.Add(Tag()), "name");
        _folder.Write("b", "bb");
        Assert.True(tags.Add(Tag()), "size");
        Directory.CreateDirectory(_folder.At("c"));
        Assert.True(tags.Add(Tag()), "folder");

        string Tag() => new VirtualZip(_folder.Scan()).EntityTag;
    }

    [Fact]
    public async Task Times_and_modes_come_out_as_they_were()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: unix modes");
            return;
        }

        var time = new DateTime(2011, 12, 13, 14, 15, 17, DateTimeKind.Utc);
        var path = _folder.Write("folder/run.sh", "#!/bin/sh");
        File.SetUnixFileMode(path, (UnixFileMode)0x1E8); // rwxr-x---
        File.SetLastWriteTimeUtc(path, time);
        File.SetUnixFileMode(_folder.At("folder"), (UnixFileMode)0x1C0); // rwx------
        var archive = _folder.Outside("saved.zip");
        await new VirtualZip(_folder.Scan()).WriteSparseAsync(archive);

        var target = _folder.Outside("unpacked");
        Assert.Equal(0, (await ZipTools.RunAsync("unzip", "-q", archive, "-d", target)).Exit);
        var unpacked = Path.Join(target, "folder", "run.sh");
        Assert.Equal((UnixFileMode)0x1E8, File.GetUnixFileMode(unpacked));
        Assert.Equal((UnixFileMode)0x1C0, File.GetUnixFileMode(Path.Join(target, "folder")));
        Assert.Equal(time, File.GetLastWriteTimeUtc(unpacked));
    }

    [Theory]
    [InlineData(1901)]
    [InlineData(1970)]
    [InlineData(2107)]
    [InlineData(2200)]
    public async Task Times_that_a_zip_can_not_hold_do_no_harm(int year)
    {
        var path = _folder.Write("old", "old");
        File.SetLastWriteTimeUtc(path, new DateTime(year, 6, 1, 0, 0, 0, DateTimeKind.Utc));
        var content = new VirtualZip(_folder.Scan());
        using var zip = new ZipArchive(new MemoryStream(await content.ReadAllAsync()));
        Assert.Equal(Math.Clamp(year, 1980, 2107), zip.Entries[0].LastWriteTime.Year);
    }

    [Fact]
    public void The_file_name_is_the_folders_or_depends_on_the_files_alone()
    {
        var (a, b) = (_folder.Write("a", "a"), _folder.Write("b", "b"));
        Assert.Equal("share.zip", new VirtualZip(_folder.Scan()).FileName);
        var name = new VirtualZip(SharedTree.Scan([a, b], Cancel)).FileName;
        Assert.Matches("^onionshare_[a-z2-7]{6}\\.zip$", name);
        Assert.Equal(name, new VirtualZip(SharedTree.Scan([a, b], Cancel)).FileName);
    }

    [Fact]
    public void One_file_is_offered_as_itself_and_anything_else_as_a_zip()
    {
        var (a, b) = (_folder.Write("a.txt", "a"), _folder.Write("b", "b"));
        var one = ShareContent.Create(SharedTree.Scan([a], Cancel), compress: true);
        Assert.Equal(("a.txt", "text/plain", 1L), (one.FileName, one.ContentType, one.Content!.Length));
        var two = ShareContent.Create(SharedTree.Scan([a, b], Cancel), compress: false);
        Assert.IsType<VirtualZip>(two.Content);
        Assert.NotNull(ShareContent.Create(_folder.Scan(), compress: true).Compressed);
    }

    private void FillAtRandom(Random random)
    {
        for (var i = random.Next(5, 40); i > 0; i--)
        {
            var bytes = new byte[random.Next(4) switch { 0 => 0, 1 => random.Next(100), 2 => random.Next(10_000), _ => random.Next(400_000) }];
            random.NextBytes(bytes);
            _folder.Write($"{(random.Next(2) == 0 ? "" : $"folder {random.Next(3)}/")}файл {i}", bytes);
        }

        Directory.CreateDirectory(_folder.At("empty"));
    }
}

using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Tests.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Archive;

/// <summary>Files that are no longer what they were: a loud failure, never a wrong byte.</summary>
public sealed class ChangedFileTests : IDisposable
{
    private const int Size = 600_000;
    private readonly ShareFolder _folder = new();
    private readonly byte[] _bytes = new byte[Size];
    private readonly string _path;

    public ChangedFileTests()
    {
        new Random(1).NextBytes(_bytes);
        _path = _folder.Write("file", _bytes);
    }

    public static TheoryData<string> Changes =>
        ["overwritten", "shorter", "longer", "gone", "a folder", "another file of that size"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_zip_fails_when_a_file_changes_before_it_is_opened(string change)
    {
        var content = new VirtualZip(_folder.Scan());
        Change(change);
        var problem = await Assert.ThrowsAsync<ContentChangedException>(() => content.ReadAllAsync());
        Assert.Contains("file'", problem.Message);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_zip_fails_when_a_file_changes_while_it_is_sent(string change)
    {
        var content = new VirtualZip(_folder.Scan());
        await FailsAfterAsync(content, () => Change(change), offset: 200_000);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_single_file_fails_when_it_changes_while_it_is_sent(string change)
    {
        var content = Single();
        await FailsAfterAsync(content, () => Change(change), offset: 200_000);
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_single_file_fails_to_open_when_it_has_changed(string change)
    {
        var content = Single();
        Change(change);
        Assert.Throws<ContentChangedException>(() => content.Open());
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_CRC_asked_for_alone_fails_too(string change)
    {
        var content = new VirtualZip(_folder.Scan());
        Change(change);
        await Assert.ThrowsAsync<ContentChangedException>(() => content.ReadRangeAsync(content.Length - 60, 60));
    }

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_compressed_zip_fails_and_has_no_end(string change)
    {
        var content = new CompressedZip(_folder.Scan());
        Change(change);
        var sent = new MemoryStream();
        await Assert.ThrowsAsync<ContentChangedException>(() => content.WriteToAsync(sent, Cancel));
        Assert.False(sent.ToArray().AsSpan().IndexOf("PK\x5\x6"u8) >= 0, "the archive was finished");
    }

    [Fact]
    public async Task A_file_that_can_not_be_read_any_more_fails()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("skipped: root reads everything");
        if (OperatingSystem.IsWindows()) return;
        var content = new VirtualZip(_folder.Scan());
        File.SetUnixFileMode(_path, UnixFileMode.None);
        await Assert.ThrowsAsync<ContentChangedException>(() => content.ReadAllAsync());
    }

    [Fact]
    public async Task A_file_that_has_become_a_pipe_fails_at_once()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: pipes in folders are of unix");
            return;
        }

        var content = new VirtualZip(_folder.Scan());
        File.Delete(_path);
        _folder.MakePipe("file");
        await Assert.ThrowsAsync<ContentChangedException>(() => content.ReadAllAsync().WaitAsync(Until.Limit, Cancel));
    }

    [Fact]
    public async Task A_change_that_is_no_change_of_bytes_harms_neither_a_transfer_nor_the_entity_tag()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: modes and hard links of unix");
            return;
        }

        var content = Single();
        var zip = new VirtualZip(_folder.Scan());
        await using var reader = content.Open();
        var buffer = new byte[Size];
        var count = await reader.ReadAsync(0, buffer.AsMemory(0, 200_000), Cancel);

        File.SetUnixFileMode(_path, File.GetUnixFileMode(_path) | UnixFileMode.UserExecute);
        Assert.Equal(0, (await ZipTools.RunAsync("ln", _path, _folder.Outside("snapshot"))).Exit);

        while (count < Size) count += await reader.ReadAsync(count, buffer.AsMemory(count), Cancel);
        Assert.Equal(_bytes, buffer);
        Assert.Equal(content.EntityTag, Single().EntityTag);
        Assert.Equal(zip.Length, (await zip.ReadAllAsync()).Length);
    }

    private FileContent Single() => (FileContent)ShareContent.Create(SharedTree.Scan([_path], Cancel), false).Content!;

    private async Task FailsAfterAsync(IContent content, Action change, int offset)
    {
        await using var reader = content.Open();
        var buffer = new byte[100_000];
        Assert.Equal(buffer.Length, await reader.ReadAsync(offset, buffer, Cancel));
        change();
        await Assert.ThrowsAsync<ContentChangedException>(
            async () => await reader.ReadAsync(offset + buffer.Length, buffer, Cancel));
    }

    private void Change(string how)
    {
        var time = File.GetLastWriteTimeUtc(_path);
        switch (how)
        {
            case "overwritten":
                Overwrite();
                File.SetLastWriteTimeUtc(_path, time.AddSeconds(1));
                break;
            case "shorter" or "longer":
                using (var file = File.OpenWrite(_path)) file.SetLength(how == "shorter" ? Size / 2 : Size * 2);
                File.SetLastWriteTimeUtc(_path, time);
                break;
            case "gone":
                if (!OperatingSystem.IsLinux()) Assert.Skip("skipped: only Linux tells while it is open");
                File.Delete(_path);
                break;
            case "a folder":
                if (!OperatingSystem.IsLinux()) Assert.Skip("skipped: only Linux tells while it is open");
                File.Delete(_path);
                Directory.CreateDirectory(_path);
                break;
            default:
                if (!OperatingSystem.IsLinux()) Assert.Skip("skipped: only Linux tells");
                File.WriteAllBytes(_folder.Outside("other"), new byte[Size]);
                File.SetLastWriteTimeUtc(_folder.Outside("other"), time);
                File.Move(_folder.Outside("other"), _path, overwrite: true);
                break;
        }
    }

    private void Overwrite()
    {
        using var file = File.OpenWrite(_path);
        file.Write(new byte[Size]);
    }
}

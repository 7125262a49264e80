using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

public sealed class SharedRootsTests : IDisposable
{
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_file_below_the_root_opens_and_reads()
    {
        _folder.Write("folder/a b.txt", "content");
        Assert.Equal(OpenOutcome.Opened, new SharedRoots(_folder.Path).TryOpen("folder/a b.txt", out var file));
        using (file)
        {
            var bytes = new byte[100];
            Assert.Equal(4, await file!.ReadAsync(3, bytes, Cancel));
            Assert.Equal("tent"u8, bytes.AsSpan(0, 4));
            Assert.Equal(0, await file.ReadAsync(7, bytes, Cancel));
        }
    }

    [Theory]
    [InlineData("", OpenOutcome.Folder)]
    [InlineData("folder", OpenOutcome.Folder)]
    [InlineData("folder/", OpenOutcome.Folder)]
    [InlineData("folder/missing", OpenOutcome.NotFound)]
    [InlineData("folder/file/", OpenOutcome.NotFound)]
    [InlineData("folder/file/x", OpenOutcome.NotFound)]
    [InlineData("../outside", OpenOutcome.Refused)]
    [InlineData("folder/../../outside", OpenOutcome.Refused)]
    [InlineData("folder/..", OpenOutcome.Refused)]
    [InlineData("./folder/file", OpenOutcome.Opened)]
    [InlineData("folder/file/.", OpenOutcome.NotFound)]
    [InlineData("folder/.", OpenOutcome.Folder)]
    [InlineData("/etc/passwd", OpenOutcome.NotFound)]
    [InlineData("//etc/passwd", OpenOutcome.NotFound)]
    [InlineData("folder//file", OpenOutcome.Opened)]
    [InlineData("folder/file\0.txt", OpenOutcome.Refused)]
    [InlineData("out", OpenOutcome.Refused)]
    [InlineData("out-folder", OpenOutcome.Refused)]
    [InlineData("out-folder/share/folder/file", OpenOutcome.Opened)]
    [InlineData("out-folder/outside", OpenOutcome.Refused)]
    public void Any_other_path_gives_no_file_from_outside(string path, OpenOutcome expected)
    {
        _folder.Write("folder/file", "");
        File.WriteAllText(_folder.Outside("outside"), "secret");
        File.CreateSymbolicLink(_folder.At("out"), _folder.Outside("outside"));
        Directory.CreateSymbolicLink(_folder.At("out-folder"), _folder.Outside(""));
        Assert.Equal(expected, new SharedRoots(_folder.Path).TryOpen(path, out var file));
        Assert.Equal(expected == OpenOutcome.Opened, file is not null);
        file?.Dispose();
    }

    [Fact]
    public async Task A_pipe_is_refused_and_does_not_block()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: pipes in folders are of unix");
            return;
        }

        _folder.MakePipe("pipe");
        var opening = Task.Run(() => new SharedRoots(_folder.Path).TryOpen("pipe", out _), Cancel);
        Assert.Equal(OpenOutcome.Refused, await opening.WaitAsync(Until.Limit, Cancel));
    }

    [Fact]
    public async Task A_pipe_that_took_the_place_of_a_file_after_the_check_does_not_block_either()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: pipes in folders are of unix");
            return;
        }

        var pipe = _folder.MakePipe("pipe");
        var opening = Task.Run(
            () => new SharedRoots(_folder.Path).TryContain(OnionShare.Engine.Files.Native.NativeFiles.Current.Open(pipe), pipe, out _),
            Cancel);
        Assert.Equal(OpenOutcome.Refused, await opening.WaitAsync(Until.Limit, Cancel));
    }

    [Fact]
    public void The_root_of_the_file_system_contains_everything_and_a_file_only_itself()
    {
        if (!OperatingSystem.IsWindows()) Assert.True(new SharedRoots("/").Contains("/etc/passwd"));
        var file = _folder.Write("file", "");
        var roots = new SharedRoots(file);
        Assert.True(roots.Contains(roots.Paths[0]));
        Assert.False(roots.Contains(roots.Paths[0] + "2"));
    }

    [Theory]
    [InlineData(@"a\b")]
    [InlineData(@"C:\windows")]
    [InlineData("file.txt::$DATA")]
    [InlineData("file:stream")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("folder/aux .tar.gz")]
    [InlineData("COM1.log")]
    [InlineData("lpt³")]
    [InlineData("trailing.")]
    [InlineData("trailing ")]
    [InlineData("what?")]
    [InlineData("line\nfeed")]
    public void Names_that_mean_something_else_on_Windows_are_refused_there_only(string path)
    {
        Assert.False(RelativePath.TrySplit(path, asWindows: true, out _));
        Assert.True(RelativePath.TrySplit(path, asWindows: false, out _));
    }

    [Theory]
    [InlineData("console.log")]
    [InlineData("COM10")]
    [InlineData(".gitignore")]
    [InlineData("日本語/ファイル.txt")]
    public void Harmless_names_are_fine_on_Windows_too(string path) => Assert.True(RelativePath.TrySplit(path, asWindows: true, out _));
}

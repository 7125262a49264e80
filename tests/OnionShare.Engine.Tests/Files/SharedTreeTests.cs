using System.Diagnostics;
using OnionShare.Contracts;
using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

public sealed class SharedTreeTests : IDisposable
{
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_come_first_and_carry_the_sums_of_what_is_below_them()
    {
        _folder.Write("b.txt", "12");
        _folder.Write("A.txt", "1");
        _folder.Write("z/inner/deep", "123");
        _folder.Write("z/file", "1234");
        var root = _folder.Scan().Root;

        Assert.Equal(["z", "A.txt", "b.txt"], root.Children.Select(e => e.Name));
        Assert.Equal((10, 4), (root.Length, root.FileCount));
        Assert.Equal((7, 2), (root.Children[0].Length, root.Children[0].FileCount));
        Assert.Equal(["z", "z/inner", "z/inner/deep", "z/file", "A.txt", "b.txt"], root.Descendants().Select(e => e.RelativePath));
    }

    [Fact]
    public void Everything_is_found_by_its_path_and_nothing_else()
    {
        _folder.Write("z/inner/deep", "123");
        for (var i = 0; i < 50; i++) _folder.Write($"z/{i}", "");
        for (var i = 0; i < 50; i++) Directory.CreateDirectory(_folder.At($"z/f{i}"));
        var tree = _folder.Scan();

        foreach (var entry in tree.Root.Descendants()) Assert.Same(entry, tree.Find(entry.RelativePath));
        Assert.Same(tree.Root, tree.Find(""));
        Assert.Same(tree.Root.Children[0], tree.Find("z/"));
        Assert.Same(tree.Find("z/inner"), tree.Find("/z//./inner/."));
        foreach (var wrong in (string[])["y", "z/100", "Z", "z/..", "z/inner/deep/", "z/inner/deep/.", "z/inner/deep/x", "../share/z"])
            Assert.Null(tree.Find(wrong));
    }

    [Fact]
    public void Chosen_items_of_one_name_are_numbered()
    {
        string[] paths =
            [_folder.Write("a/name.txt", "1"), _folder.Write("b/name.txt", "2"), _folder.Write("c/NAME.txt", "3"), _folder.Write("d/x.y/f", ""), _folder.Write("e/x.y/f", "")];
        paths[3] = Path.GetDirectoryName(paths[3])!;
        paths[4] = Path.GetDirectoryName(paths[4])! + "/";
        var tree = SharedTree.Scan([.. paths, paths[0]], Cancel);

        Assert.Equal(["x.y", "x.y (2)", "NAME (3).txt", "name (2).txt", "name.txt"], tree.Root.Children.Select(e => e.Name).OrderBy(n => n[0] != 'x').ThenBy(n => n, StringComparer.Ordinal));
        Assert.Equal(paths[1], tree.Find("name (2).txt")!.FullPath);
        Assert.Null(tree.SingleFile);
    }

    [Fact]
    public void One_chosen_file_is_the_single_file()
    {
        var path = _folder.Write("only.txt", "1");
        var tree = SharedTree.Scan([path], Cancel);
        Assert.Equal(("only.txt", path, 1L), (tree.SingleFile!.Name, tree.SingleFile.FullPath, tree.Root.Length));
    }

    [Theory]
    [InlineData("missing", "was not found")]
    [InlineData("missing\nline", "missing\\u{A}line' was not found")]
    public void A_path_that_is_not_there_is_an_error_at_once(string name, string message)
    {
        var problem = Assert.Throws<ProblemException>(() => SharedTree.Scan([_folder.Path, _folder.At(name)], Cancel)).Problem;
        Assert.Equal((ProblemCodes.PathNotFound, _folder.At(name)), (problem.Code, problem.Target));
        Assert.Contains(message, problem.Detail);
    }

    [Fact]
    public void A_chosen_link_that_leads_nowhere_says_so()
    {
        File.CreateSymbolicLink(_folder.At("link"), _folder.At("nothing"));
        var problem = Assert.Throws<ProblemException>(() => SharedTree.Scan([_folder.At("link")], Cancel)).Problem;
        Assert.Equal(ProblemCodes.PathNotFound, problem.Code);
        Assert.Contains("a link to something that is not there", problem.Detail);
    }

    [Fact]
    public async Task A_chosen_pipe_or_device_is_an_error_and_does_not_block()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: pipes in folders are of unix");
            return;
        }

        foreach (var path in (string[])[_folder.MakePipe("pipe"), "/dev/null"])
        {
            var scan = Task.Run(() => SharedTree.Scan([path], CancellationToken.None), Cancel);
            var problem = await Assert.ThrowsAsync<ProblemException>(() => scan.WaitAsync(Until.Limit, Cancel));
            Assert.Equal(ProblemCodes.PathNotShareable, problem.Problem.Code);
        }
    }

    [Fact]
    public void A_pipe_in_a_folder_is_left_out_with_a_warning()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: pipes in folders are of unix");
            return;
        }

        _folder.MakePipe("pipe");
        _folder.Write("file", "");
        var tree = _folder.Scan();
        Assert.Equal(["file"], tree.Root.Children.Select(e => e.Name));
        Assert.Contains("pipe' is a pipe, socket or device and was left out.", Assert.Single(tree.Warnings));
    }

    [Fact]
    public void What_can_not_be_read_is_an_error_when_chosen_and_a_warning_below()
    {
        if (Environment.IsPrivilegedProcess) Assert.Skip("skipped: root reads everything");
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(_folder.Write("file", ""), UnixFileMode.None);
        File.SetUnixFileMode(Directory.CreateDirectory(_folder.At("folder")).FullName, UnixFileMode.None);
        var tree = _folder.Scan();
        File.SetUnixFileMode(_folder.At("folder"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Empty(tree.Root.Children);
        Assert.Equal(2, tree.Warnings.Count);
        var problem = Assert.Throws<ProblemException>(() => SharedTree.Scan([_folder.At("file")], Cancel)).Problem;
        Assert.Equal(ProblemCodes.PathNotReadable, problem.Code);
    }

    [Fact]
    public void Nothing_chosen_is_an_error() =>
        Assert.Equal(ProblemCodes.InvalidRequest, Assert.Throws<ProblemException>(() => SharedTree.Scan([], Cancel)).Problem.Code);

    [Fact]
    public void Ten_thousand_files_are_looked_through_quickly()
    {
        for (var i = 0; i < 10; i++)
        {
            for (var j = 0; j < 100; j++) _folder.Write($"0/{i}/{j}", "");
        }

        for (var i = 1; i < 10; i++) Directory.CreateSymbolicLink(_folder.At($"{i}"), _folder.At("0"));
        var clock = Stopwatch.StartNew();
        Assert.Equal(10_000, _folder.Scan().Root.FileCount);

        // About 0.1 s on an idle machine; the limit only catches a walk that grows with the square of the files.
        Assert.True(clock.Elapsed < Until.Limit, clock.Elapsed.ToString());
    }
}

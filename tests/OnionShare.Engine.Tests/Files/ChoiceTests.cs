using OnionShare.Contracts;
using OnionShare.Engine.Files;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

public sealed class ChoiceTests : IDisposable
{
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Of_a_folder_that_was_chosen_beside_what_is_in_it_only_that_is_shared()
    {
        string[] paths = [_folder.At("deep"), _folder.Write("deep/pub.txt", "p"), _folder.At("only"), _folder.Write("top.txt", "t")];
        _folder.Write("deep/id.key", "k");
        _folder.Write("only/id.key", "k");
        var tree = SharedTree.Scan(paths, paths, Cancel);

        Assert.Equal(["deep", "deep/pub.txt", "only", "top.txt"], tree.Root.Descendants().Select(e => e.RelativePath));
        Assert.Contains("only what was listed is shared", Assert.Single(tree.Warnings));
        Assert.NotEqual(OpenOutcome.Opened, tree.Roots.TryOpenPath(_folder.At("deep/id.key"), out _));
    }

    [Fact]
    public void The_same_holds_for_paths_that_were_named_as_a_shell_lists_them()
    {
        string[] paths = [_folder.At("deep"), _folder.Write("deep/between/pub.txt", "p")];
        _folder.Write("deep/id.key", "k");
        var tree = SharedTree.Scan(paths, Cancel);

        Assert.Equal(["between", "between/pub.txt"], tree.Root.Descendants().Select(e => e.RelativePath));
    }

    [Fact]
    public void A_folder_that_was_named_is_shared_whole_whatever_else_was_named_or_listed()
    {
        string[] named = [_folder.At("a"), _folder.Write("a/1", "1"), _folder.At("b"), _folder.At("c/in")];
        string[] listed = [_folder.Write("a/sub/2", "2"), _folder.At("c"), _folder.Write("c/3", "3")];
        foreach (var other in (string[])["a/4", "b/5", "c/in/6", "c/left-out"]) _folder.Write(other, "");
        var tree = SharedTree.Scan([.. named, .. listed], listed, Cancel);

        string[] expected = ["a", "a/1", "a/4", "a/sub", "a/sub/2", "b", "b/5", "c", "c/3", "c/in", "c/in/6"];
        Assert.Equal(expected, tree.Root.Descendants().Select(e => e.RelativePath).Order(StringComparer.Ordinal));
        Assert.Contains("only what was listed is shared", Assert.Single(tree.Warnings));
        Assert.Empty(SharedTree.Scan(named, [], Cancel).Warnings);
    }

    [Fact]
    public void A_folder_chosen_alone_is_shared_whole()
    {
        _folder.Write("deep/id.key", "k");
        string[] paths = [_folder.At("deep"), _folder.Write("top.txt", "t")];
        Assert.Equal(["deep", "deep/id.key", "top.txt"], SharedTree.Scan(paths, paths, Cancel).Root.Descendants().Select(e => e.RelativePath));
    }

    [Fact]
    public void A_listed_link_is_followed_only_inside_what_is_shared()
    {
        using var other = new ShareFolder();
        var secret = other.Write("secret.txt", "s");
        string[] paths = [_folder.Write("page.html", "p"), _folder.At("in"), _folder.At("out"), _folder.At("up"), _folder.At("broken")];
        File.CreateSymbolicLink(paths[1], paths[0]);
        File.CreateSymbolicLink(paths[2], secret);
        Directory.CreateSymbolicLink(paths[3], "..");
        File.CreateSymbolicLink(paths[4], "nothing");
        var tree = SharedTree.Scan(paths, paths, Cancel);

        Assert.Equal(["in", "page.html"], tree.Root.Children.Select(e => e.Name));
        Assert.Equal(3, tree.Warnings.Count);
        Assert.Contains(tree.Warnings, w => w.Contains("out' is a link that leads out", StringComparison.Ordinal));
        Assert.NotEqual(OpenOutcome.Opened, tree.Roots.TryOpenPath(secret, out _));
    }

    [Fact]
    public void What_was_listed_through_a_link_is_left_out_with_it()
    {
        using var other = new ShareFolder();
        other.Write("secret.txt", "s");
        string[] paths = [_folder.Write("page.html", "p"), _folder.At("out"), _folder.At("out/secret.txt")];
        Directory.CreateSymbolicLink(paths[1], other.Path);

        Assert.Equal(["page.html"], SharedTree.Scan(paths, paths, Cancel).Root.Children.Select(e => e.Name));
    }

    [Fact]
    public void Of_many_that_are_left_out_the_first_are_named_and_the_others_counted()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: links need a right of their own on Windows");
        _folder.Write("a.txt", "a");
        foreach (var n in Enumerable.Range(0, 50)) File.CreateSymbolicLink(_folder.At($"broken{n}"), "nowhere");
        var listed = Directory.EnumerateFileSystemEntries(_folder.Path).ToList();
        foreach (var tree in (SharedTree[])[_folder.Scan(), SharedTree.Scan(listed, listed, Cancel)])
        {
            Assert.Equal("a.txt", Assert.Single(tree.Root.Children).Name);
            Assert.Equal(21, tree.Warnings.Count);
            Assert.All(tree.Warnings.Take(20), warning => Assert.Contains("broken", warning, StringComparison.Ordinal));
            Assert.Equal("There are 30 more warnings like these. They are not shown.", tree.Warnings[^1]);
        }
    }

    [Fact]
    public void A_named_link_is_followed_and_said()
    {
        using var other = new ShareFolder();
        var target = other.Write("target.txt", "t");
        File.CreateSymbolicLink(_folder.At("link"), target);
        var tree = SharedTree.Scan([_folder.At("link")], Cancel);

        Assert.Equal(target, tree.SingleFile!.FullPath);
        Assert.Contains($"is a link. What it leads to is shared: '{target}'", Assert.Single(tree.Warnings));
    }

    [Fact]
    public void When_nothing_of_a_listing_is_left_the_first_reason_is_the_error()
    {
        string[] paths = [_folder.At("gone")];
        var problem = Assert.ThrowsAny<Exception>(() => SharedTree.Scan(paths, paths, Cancel));
        Assert.Contains("was not found", problem.Message);
    }

    [Fact]
    public void A_file_whose_content_the_system_makes_is_refused_and_left_out_of_a_folder()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc is Linux's");
        Assert.Contains("no size of its own", Assert.ThrowsAny<Exception>(() => SharedTree.Scan(["/proc/cpuinfo"], Cancel)).Message);
        Assert.Contains(
            SharedTree.Scan(["/proc/sys/kernel/random"], Cancel).Warnings,
            w => w.Contains("no size of its own", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_that_Windows_refuses_have_another_one_in_an_archive_each_its_own()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names");
        foreach (var name in (string[])[@"..\..\evil.txt", "a:b", "a_b", "a?b", "aux.txt", "dot.", "good.txt"]) _folder.Write(name, "1");
        var tree = _folder.Scan();

        Assert.Equal(
            [".._.._evil.txt", "_aux.txt", "a_b", "a_b (2)", "a_b (3)", "dot_", "good.txt"],
            tree.Root.Children.Select(e => e.ArchiveName).Order(StringComparer.Ordinal));
        Assert.Contains("Windows does not take the name. So it is with 4 more.", Assert.Single(tree.Warnings));
    }
}

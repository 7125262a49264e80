using OnionShare.Engine.Archive;
using OnionShare.Engine.Files;
using OnionShare.Engine.Files.Native;
using OnionShare.Engine.Tests.Archive;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

/// <summary>Links: followed inside what is shared, never out of it.</summary>
public sealed class LinkTests : IDisposable
{
    private readonly ShareFolder _folder = new();
    private readonly string _secret;

    public LinkTests()
    {
        Directory.CreateDirectory(_folder.Outside("private"));
        _secret = _folder.Outside("private/secret");
        File.WriteAllText(_secret, "secret");
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Links_inside_the_share_are_followed()
    {
        _folder.Write("folder/file", "123");
        File.CreateSymbolicLink(_folder.At("to-file"), "folder/file");
        Directory.CreateSymbolicLink(_folder.At("to-folder"), _folder.At("folder"));
        var tree = _folder.Scan();
        Assert.Empty(tree.Warnings);
        Assert.Equal(["folder", "folder/file", "to-folder", "to-folder/file", "to-file"], tree.Root.Descendants().Select(e => e.RelativePath));
        Assert.Equal(3, tree.Find("to-file")!.Length);
    }

    [Fact]
    public async Task Links_out_of_the_share_are_left_out_and_named()
    {
        File.CreateSymbolicLink(_folder.At("to-file"), _secret);
        Directory.CreateSymbolicLink(_folder.At("to-folder"), _folder.Outside("private"));
        File.CreateSymbolicLink(_folder.At("dotted"), "../private/secret");
        File.CreateSymbolicLink(_folder.At("nowhere"), "nothing");

        // A name that begins like the root's is not inside it.
        Directory.CreateDirectory(_folder.Outside("share-too"));
        Directory.CreateSymbolicLink(_folder.At("alike"), _folder.Outside("share-too"));
        var tree = _folder.Scan();
        Assert.Empty(tree.Root.Children);
        Assert.Equal(5, tree.Warnings.Count);
        Assert.Equal(4, tree.Warnings.Count(w => w.Contains("leads out of what is shared")));
        Assert.Equal(22, (await new VirtualZip(tree).ReadAllAsync()).Length);
    }

    [Fact]
    public void Loops_are_cut()
    {
        _folder.Write("a/file", "");
        _folder.Write("b/file", "");
        Directory.CreateSymbolicLink(_folder.At("a/up"), _folder.Path);
        Directory.CreateSymbolicLink(_folder.At("a/self"), _folder.At("a"));
        Directory.CreateSymbolicLink(_folder.At("a/to-b"), _folder.At("b"));
        Directory.CreateSymbolicLink(_folder.At("b/to-a"), _folder.At("a"));
        File.CreateSymbolicLink(_folder.At("turn"), "turn");
        var tree = _folder.Scan();
        Assert.NotNull(tree.Find("a/to-b/file"));
        Assert.NotNull(tree.Find("b/to-a/file"));
        Assert.Null(tree.Find("a/to-b/to-a"));
        Assert.InRange(tree.Root.Descendants().Count(), 4, 20);
        Assert.Contains(tree.Warnings, w => w.Contains("a link to a folder it is in"));
    }

    [Fact]
    public void A_chosen_link_stands_for_what_it_leads_to_under_its_own_name()
    {
        Directory.CreateSymbolicLink(_folder.At("latest"), _folder.Outside("private"));
        var tree = SharedTree.Scan([_folder.At("latest")], Cancel);
        Assert.Equal("latest", tree.Root.Name);
        Assert.Equal(["secret"], tree.Root.Children.Select(e => e.Name));
    }

    [Fact]
    public void Links_between_two_chosen_folders_are_followed()
    {
        Directory.CreateSymbolicLink(_folder.At("to-other"), _folder.Outside("private"));
        var tree = SharedTree.Scan([_folder.Path, _folder.Outside("private")], Cancel);
        Assert.NotNull(tree.Find("share/to-other/secret"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_or_folder_swapped_for_a_link_after_it_was_seen_is_not_followed(bool isFolder)
    {
        _folder.Write("folder/secret", "public");
        var tree = _folder.Scan();
        if (isFolder)
        {
            Directory.Delete(_folder.At("folder"), recursive: true);
            Directory.CreateSymbolicLink(_folder.At("folder"), _folder.Outside("private"));
        }
        else
        {
            File.Delete(_folder.At("folder/secret"));
            File.CreateSymbolicLink(_folder.At("folder/secret"), _secret);
        }

        File.SetLastWriteTimeUtc(_secret, tree.Find("folder/secret")!.LastModified.UtcDateTime);
        var problem = await Assert.ThrowsAsync<ContentChangedException>(() => new VirtualZip(tree).ReadAllAsync());
        Assert.Contains("now leads out of what is shared", problem.Message);
        Assert.Throws<ContentChangedException>(() => tree.ContentOf(tree.Find("folder/secret")!).Open());
    }

    [Fact]
    public void The_opened_handle_decides_whatever_the_path_says()
    {
        // As if the path had been swapped after the check and back after the opening.
        var inside = _folder.Write("file", "public");
        var roots = new SharedRoots(_folder.Path);
        var handle = NativeFiles.Current.Open(_secret);
        Assert.Equal(OpenOutcome.Refused, roots.TryContain(handle, inside, out var file));
        Assert.Null(file);
        Assert.True(handle.IsClosed);
    }

    [Fact]
    public void A_file_swapped_between_the_look_and_the_opening_is_not_opened()
    {
        var path = _folder.Write("file", "public");
        var files = new HookedFiles
        {
            Seen = _ =>
            {
                File.Delete(path);
                File.CreateSymbolicLink(path, _secret);
            },
        };
        Assert.Equal(OpenOutcome.Refused, new SharedRoots(files, [_folder.Path]).TryOpen("file", out var file));
        Assert.Null(file);
    }

    [Fact]
    public void A_folder_swapped_between_the_listing_it_was_found_in_and_its_own_is_not_listed()
    {
        _folder.Write("folder/file", "public");
        var swaps = 0;
        var files = new HookedFiles
        {
            Listed = () =>
            {
                if (swaps++ > 0) return;
                Directory.Delete(_folder.At("folder"), recursive: true);
                Directory.CreateSymbolicLink(_folder.At("folder"), _folder.Outside("private"));
            },
        };
        var tree = new TreeScan(Cancel, files).Run([_folder.Path], null);
        Assert.DoesNotContain(tree.Root.Descendants(), entry => entry.Name == "secret");
        Assert.Contains("leads out of what is shared", Assert.Single(tree.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_swapped_all_the_time_never_opens_the_outside()
    {
        _folder.Write("file", "public");
        var (path, turning) = (_folder.At("turning"), _folder.At("turning-new"));
        File.CreateSymbolicLink(path, "file");
        var roots = new SharedRoots(_folder.Path);
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    File.CreateSymbolicLink(turning, i % 2 == 0 ? _secret : "file");
                    File.Move(turning, path, overwrite: true);
                }
            },
            Cancel);
        var outcomes = new HashSet<OpenOutcome>();
        var block = new byte[10];
        var limit = DateTime.UtcNow.AddSeconds(10);
        for (var i = 0; i < 5000 || (outcomes.Count < 2 && DateTime.UtcNow < limit); i++)
        {
            outcomes.Add(roots.TryOpen("turning", out var file));
            if (file is null) continue;
            using (file)
            {
                Assert.Equal(6, await file.ReadAsync(0, block, Cancel));
                Assert.Equal("public"u8, block.AsSpan(0, 6));
            }
        }

        await stop.CancelAsync();
        await swapping;
        Assert.Contains(OpenOutcome.Opened, outcomes);
        Assert.Contains(OpenOutcome.Refused, outcomes);
    }
}

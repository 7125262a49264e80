using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>The service chooses the names, the user has links in the folder: none of them is followed, but for the folder itself.</summary>
public sealed class LinksInTheWayTests
{
    private const string Listing = """[{"path":"sub/b.txt","length":5,"url":"/download"},{"path":"c.txt","length":5,"url":"/download"}]""";

    public LinksInTheWayTests() => Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: links need a right of their own on Windows");

    [Theory(Timeout = 60_000)]
    [InlineData(ExistingFile.Refuse)]
    [InlineData(ExistingFile.Overwrite)]
    [InlineData(ExistingFile.KeepBoth)]
    [InlineData(ExistingFile.Skip)]
    public async Task A_link_in_the_place_of_a_folder_that_is_unpacked_is_refused_before_anything_is_fetched(ExistingFile existing)
    {
        await using var client = new RemoteClient();
        client.Local.Scratch.File("photos/sub/a.bin", 1000);
        var elsewhere = Link(client, "photos");
        var service = await client.Local.ShareAsync(Path.Combine(client.Local.Scratch.Files, "photos"));

        await RefusedAsync(client, client.Request(service.Status.Url!) with { Expand = true, Existing = existing }, "photos", elsewhere);

        Assert.Empty(service.Context.Transfers.Snapshot());
    }

    [Theory(Timeout = 60_000)]
    [InlineData("sub/b.txt")]
    [InlineData("sub/empty/")]
    [InlineData("sub/")]
    public async Task A_link_is_refused_too_where_the_archive_alone_tells_what_is_in_it(string entry)
    {
        var archive = Zip("good.txt", entry);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true }, "sub", Link(client, "sub"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ExistingFile.Refuse)]
    [InlineData(ExistingFile.Overwrite)]
    public async Task A_link_is_refused_in_what_is_listed_file_by_file(ExistingFile existing)
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.bin", 5, HostileServer.Honest("12345"u8.ToArray()), files: Listing);
        await RefusedAsync(client, client.Request(server.Url) with { Include = ["*.txt"], Existing = existing }, "sub", Link(client, "sub"));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_link_is_refused_in_a_website()
    {
        await using var client = new RemoteClient();
        var elsewhere = Link(client, "css");
        await using var server = await HostileServer.StartAsync(http =>
        {
            http.Response.StatusCode = http.Request.Path == "/files.json" ? 404 : 200;
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("""<a href="index.html">a</a><a href="css/site.css">b</a>""");
        });
        await RefusedAsync(client, client.Request(server.Url), "css", elsewhere);
    }

    [Theory(Timeout = 60_000)]
    [InlineData(ExistingFile.Refuse, true, true)]
    [InlineData(ExistingFile.Refuse, false, false)]
    [InlineData(ExistingFile.Overwrite, true, true)]
    [InlineData(ExistingFile.Overwrite, true, false)]
    [InlineData(ExistingFile.Overwrite, false, true)]
    [InlineData(ExistingFile.KeepBoth, true, false)]
    [InlineData(ExistingFile.KeepBoth, false, false)]
    [InlineData(ExistingFile.Skip, true, false)]
    [InlineData(ExistingFile.Skip, false, true)]
    public async Task A_link_in_the_place_of_a_file_is_replaced_or_left_and_never_written_through(ExistingFile existing, bool expand, bool isThere)
    {
        var bytes = expand ? Zip("a.txt") : "new"u8.ToArray();
        await using var client = new RemoteClient();
        var elsewhere = client.Local.Scratch.At("elsewhere.txt");
        if (isThere) await File.WriteAllTextAsync(elsewhere, "old", Cancel);
        var link = Path.Combine(client.Folder, "a.txt");
        File.CreateSymbolicLink(link, elsewhere);
        await using var server = await HostileServer.ShareAsync(expand ? "a.zip" : "a.txt", bytes.Length, HostileServer.Honest(bytes));
        var request = client.Request(server.Url) with { Expand = expand, Existing = existing };

        if (existing == ExistingFile.Refuse) Assert.Equal(ProblemCodes.FileExists, (await client.FailAsync(request)).Code);
        else await client.FetchAsync(request);

        Assert.Equal(isThere ? "old" : null, File.Exists(elsewhere) ? await File.ReadAllTextAsync(elsewhere, Cancel) : null);
        Assert.Equal(existing == ExistingFile.Overwrite ? null : elsewhere, new FileInfo(link).LinkTarget);
        Assert.Equal(existing == ExistingFile.KeepBoth, File.Exists(Path.Combine(client.Folder, "a (2).txt")));
    }

    [Fact(Timeout = 60_000)]
    public async Task The_folder_itself_may_be_a_link()
    {
        await using var client = new RemoteClient();
        var elsewhere = Link(client, "here");
        var archive = Zip("sub/a.txt");
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await client.FetchAsync(client.Request(server.Url) with { Path = Path.Combine(client.Folder, "here"), Expand = true });
        await client.FetchAsync(client.Request(server.Url) with { Path = Path.Combine(client.Folder, "here") + Path.DirectorySeparatorChar });
        Assert.Equal(["a.zip", "sub"], Directory.EnumerateFileSystemEntries(elsewhere).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_link_in_the_place_of_a_file_on_its_way_or_of_its_journal_is_not_written_through()
    {
        using var scratch = new Scratch();
        var (target, elsewhere, journal) = (Path.Combine(scratch.Files, "a.bin"), scratch.At("elsewhere"), scratch.At("journal"));
        using (var first = PartFile.Open(target, "source", TimeProvider.System)) first.Write(0, new byte[10]);
        File.Move(target + ".part", elsewhere);
        File.CreateSymbolicLink(target + ".part", elsewhere);
        File.CreateSymbolicLink(target + " (2).part.json.new", journal);

        using (var second = PartFile.Open(target, "source", TimeProvider.System))
        {
            Assert.Equal(0, second.Count);
            second.Write(0, "other"u8);
        }

        Assert.Equal(new byte[10], File.ReadAllBytes(elsewhere));
        Assert.False(File.Exists(journal));
        Assert.Single(Directory.EnumerateFiles(scratch.Files), path => path.EndsWith(".part.json", StringComparison.Ordinal) && File.Exists(path[..^5]) && new FileInfo(path[..^5]).Length == 5);
    }

    [Fact]
    public void A_link_that_comes_after_the_folders_were_looked_at_is_noticed_by_where_the_opened_file_is()
    {
        using var scratch = new Scratch();
        var destination = new Destination(scratch.Files);
        Directory.CreateSymbolicLink(Path.Combine(scratch.Files, "sub"), scratch.Temp);
        using (var part = PartFile.Open(Path.Combine(scratch.Files, "sub", "a.bin"), "source", TimeProvider.System))
            Assert.Equal(ProblemCodes.PathNotWritable, Assert.Throws<ProblemException>(() => destination.Require(part)).Problem.Code);
        using var inside = PartFile.Open(Path.Combine(scratch.Files, "a.bin"), "source", TimeProvider.System);
        destination.Require(inside);
    }

    private static string Link(RemoteClient client, string name)
    {
        var elsewhere = client.Local.Scratch.At("elsewhere");
        Directory.CreateDirectory(elsewhere);
        Directory.CreateSymbolicLink(Path.Combine(client.Folder, name), elsewhere);
        return elsewhere;
    }

    private static async Task RefusedAsync(RemoteClient client, FetchRequest request, string link, string elsewhere)
    {
        var problem = await client.FailAsync(request);
        Assert.Equal((ProblemCodes.PathNotWritable, Path.Combine(client.Folder, link)), (problem.Code, problem.Target));
        Assert.Contains($"{link}' is a link", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
        Assert.DoesNotContain(client.Left, path => path != link && !path.Contains(".part", StringComparison.Ordinal));
    }

    /// <summary>An archive of files and folders; each file has its name in it.</summary>
    private static byte[] Zip(params string[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var name in entries)
            {
                using var stream = zip.CreateEntry(name).Open();
                if (!name.EndsWith('/')) stream.Write(System.Text.Encoding.UTF8.GetBytes(name));
            }
        }

        return memory.ToArray();
    }
}

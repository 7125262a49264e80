using OnionShare.Engine.Files;
using OnionShare.Engine.Tests.Archive;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

public sealed class FileContentTests : IDisposable
{
    private readonly ShareFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Its_bytes_are_the_files_from_any_offset()
    {
        var bytes = new byte[500_000];
        new Random(1).NextBytes(bytes);
        var content = Content(_folder.Write("file.bin", bytes));
        Assert.Equal(bytes, await content.ReadAllAsync());
        Assert.Equal(bytes[123_456..234_567], await content.ReadRangeAsync(123_456, 111_111));
    }

    [Fact]
    public void Its_entity_tag_is_the_same_each_time_and_new_when_the_file_changes()
    {
        var path = _folder.Write("file", "1");
        var tag = Content(path).EntityTag;
        Assert.Matches("^\"[0-9a-f]{32}\"$", tag);
        Assert.Equal(tag, Content(path).EntityTag);
        _folder.Write("file", "22");
        Assert.NotEqual(tag, Content(path).EntityTag);
        Assert.NotEqual(Content(_folder.Write("a", "1")).EntityTag, Content(_folder.Write("b", "1")).EntityTag);
    }

    [Theory]
    [InlineData("page.html", "text/html")]
    [InlineData("picture.PNG", "image/png")]
    [InlineData("no-extension", "application/octet-stream")]
    [InlineData("odd.unknown-thing", "application/octet-stream")]
    public void Its_media_type_follows_from_its_name(string name, string type) => Assert.Equal(type, Content(_folder.Write(name, "")).ContentType);

    [Theory]
    [InlineData("plain.txt", "plain.txt")]
    [InlineData("日本語 🧅.txt", "日本語 🧅.txt")]
    [InlineData("a\\b:c?.txt", "a_b_c_.txt")]
    [InlineData("line\r\nfeed", "line__feed")]
    [InlineData("txt.\u202Eexe", "txt._exe")]
    [InlineData(" dots. . ", "dots")]
    [InlineData("...", "")]
    public void The_name_it_is_saved_under_is_safe_everywhere(string name, string safe) => Assert.Equal(safe, DownloadName.Of(name));

    [Theory]
    [InlineData("a", 210, ".pdf")]
    [InlineData("ж", 150, ".tar.gz")]
    [InlineData("文", 100, ".jpeg")]
    [InlineData("🧅", 90, "")]
    public void A_name_too_long_for_a_file_system_is_cut_before_its_extension(string letter, int times, string extension)
    {
        var name = DownloadName.Of(string.Concat(Enumerable.Repeat(letter, times)) + extension);
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(name), 190, 200);
        Assert.Equal(string.Concat(Enumerable.Repeat(letter, (name.Length - extension.Length) / letter.Length)) + extension, name);
    }

    [Theory]
    [InlineData("report.tar.gz", "report (2).tar.gz")]
    [InlineData("photo.jpg", "photo (2).jpg")]
    [InlineData(".bashrc", ".bashrc (2)")]
    [InlineData("Minutes of the 3. meeting in May", "Minutes of the 3. meeting in May (2)")]
    public void A_number_stands_before_the_extension(string name, string numbered) => Assert.Equal(numbered, NameParts.Numbered(name, 2));

    [Fact]
    public async Task An_empty_file_has_nothing_to_read()
    {
        var content = Content(_folder.Write("empty", ""));
        await using var reader = content.Open();
        Assert.Equal(0, await reader.ReadAsync(0, new byte[1], Cancel));
    }

    private static FileContent Content(string path)
    {
        var tree = SharedTree.Scan([path], Cancel);
        return tree.ContentOf(tree.SingleFile!);
    }
}

using System.Text;
using OnionShare.Engine.Files;
using OnionShare.Engine.Tests.Modes.Receive;
using Xunit;

namespace OnionShare.Engine.Tests.Files;

public sealed class SafeNameTests
{
    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("日本語 naïve.txt", "日本語 naïve.txt")]
    [InlineData("cafe\u0301.txt", "caf\u00E9.txt")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(@"C:\Users\x\a.txt", "a.txt")]
    [InlineData("a/", "file")]
    [InlineData("", "file")]
    [InlineData(null, "file")]
    [InlineData("..", "file")]
    [InlineData(" . ", "file")]
    [InlineData("a\0b\r\n\u001b[31m.txt", "ab[31m.txt")]
    [InlineData("exe\u202Etxt.doc", "exetxt.doc")]
    [InlineData("a\u200Bb\uFEFFc\u3164.txt", "abc.txt")]
    [InlineData("name.txt. . ", "name.txt")]
    [InlineData("CON", "_CON")]
    [InlineData("con.tar.gz", "_con.tar.gz")]
    [InlineData("lpt¹ .txt", "_lpt¹ .txt")]
    [InlineData("COM10", "COM10")]
    [InlineData("file.txt:stream", "file.txt_stream")]
    [InlineData("a<b>|?*\".txt", "a_b_____.txt")]
    [InlineData("می\u200Cخواهم.txt", "می\u200Cخواهم.txt")]
    [InlineData("क्\u200Dष.txt", "क्\u200Dष.txt")]
    [InlineData("\U0001F468\u200D\U0001F469\u200D\U0001F467.png", "\U0001F468\u200D\U0001F469\u200D\U0001F467.png")]
    [InlineData("\u2764\uFE0F\u200D\U0001F525.png", "\u2764\uFE0F\u200D\U0001F525.png")]
    [InlineData("pay\u200Cpal\u200D.exe\u200C", "paypal.exe")]
    public void A_name_is_made_safe(string? raw, string safe) => Assert.Equal(safe, SafeName.Of(raw));

    [Fact]
    public void Half_a_character_is_replaced() => Assert.Equal("\uFFFDx", SafeName.Of(new string(['\uD800', 'x'])));

    [Theory]
    [InlineData('a', 255)]
    [InlineData('é', 255)]
    [InlineData('日', 255)]
    public void A_long_name_is_cut_and_keeps_its_extension(char character, int most)
    {
        var name = SafeName.Of(new string(character, 4000) + ".tar");
        Assert.EndsWith(".tar", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), most - 4, most);
    }

    [Theory]
    [InlineData("report.tar.gz", "report (2).tar.gz")]
    [InlineData("Report.TAR.Gz", "Report (2).TAR.Gz")]
    [InlineData("report.v1.pdf", "report.v1 (2).pdf")]
    [InlineData(".tar.gz", ".tar (2).gz")]
    [InlineData("tar.gz", "tar (2).gz")]
    [InlineData("nothing", "nothing (2)")]
    public void A_number_stands_before_the_extension(string name, string numbered) => Assert.Equal(numbered, SafeName.Numbered(name, 2));

    [Fact]
    public void A_numbered_long_name_still_fits()
    {
        var name = SafeName.Numbered(SafeName.Of(new string('日', 300) + ".pdf"), 12345);
        Assert.EndsWith(" (12345).pdf", name, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(name), 200, 255);
    }

    [Fact]
    public async Task Hostile_names_stay_in_the_folder_of_their_submission()
    {
        await using var inbox = await Inboxed.StartAsync();
        string[] names = ["../../out.txt", "..", "%2e%2e%2fx", "/etc/passwd", @"..\..\win.ini", new string('x', 400), "a\u202Eb", "NUL", "日本語.txt"];
        var answer = await inbox.PostAsync(Inboxed.Form([.. names.Select(name => ("file[]", (string?)name, "content"))]));

        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(names.Length, inbox.AllFiles.Length);
        Assert.Single(inbox.AllFiles.Select(file => Path.GetDirectoryName(file)).Distinct());
        Assert.Equal(["inbox"], Directory.GetFileSystemEntries(inbox.Root).Select(Path.GetFileName).Where(name => name != "state"));
    }
}

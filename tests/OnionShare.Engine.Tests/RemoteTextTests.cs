using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests;

public sealed class RemoteTextTests
{
    [Theory]
    [InlineData("report.txt", "report.txt")]
    [InlineData("日本語 🧅 café", "日本語 🧅 café")]
    [InlineData("a\r\nb", "a\\u{D}\\u{A}b")]
    [InlineData("\u001b[31mred", "\\u{1B}[31mred")]
    [InlineData("txt.\u202Eexe", "txt.\\u{202E}exe")]
    [InlineData("nul\0", "nul\\u{0}")]
    [InlineData("pay\u200Cpal\u200D", "pay\\u{200C}pal\\u{200D}")]
    [InlineData("\u200Cمی", "\\u{200C}می")]
    [InlineData("می\u200Cخواهم.txt", "می\u200Cخواهم.txt")] // joiners that belong to the script
    [InlineData("👩\u200D💻.png", "👩\u200D💻.png")]
    [InlineData(null, "")]
    public void What_could_deceive_a_reader_is_made_visible(string? text, string shown) => Assert.Equal(shown, RemoteText.Show(text));

    // Not among the data above: the compiler stores those as UTF-8, which has no lone surrogates.
    [Fact]
    public void Half_a_character_is_made_visible() => Assert.Equal("\\u{D800}x", RemoteText.Show("\ud800x"));

    [Fact]
    public void Long_text_is_cut_to_the_length_asked_for()
    {
        Assert.Equal("aaaa…", RemoteText.Show(new string('a', 1_000_000), 5));
        Assert.Equal("aaaaa", RemoteText.Show("aaaaa", 5));
    }
}

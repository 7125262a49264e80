using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests;

public sealed class WebAddressTests
{
    private static readonly Uri Page = new("http://a.example/b/");

    [Theory]
    [InlineData("\\\\\u202e")]
    [InlineData("\\\\\\\u202e\\abc")]
    [InlineData(" \t\\\\\u202e")]
    [InlineData("///\u202e///abc")]
    [InlineData("file:\\\\\\\u202e\\abc")]
    [InlineData("FILE:///\\\\\\\u202e\\abc")]
    [InlineData("C:\\\\\u202e")]
    [InlineData("C|/\u202e")]
    [InlineData("/etc/passwd")]
    [InlineData("")]
    [InlineData(null)]
    public void What_is_a_path_or_nothing_is_no_address(string? text) => Assert.False(WebAddress.TryRead(text, out _));

    [Theory]
    [InlineData("file:\\\\\\\u202e\\abc")]
    [InlineData(" file:///etc/passwd")]
    [InlineData("C:\\\\\u202e")]
    public void A_link_to_a_file_leads_nowhere(string link) => Assert.False(WebAddress.TryRead(Page, link, out _));

    [Theory]
    [InlineData("c.txt", "http://a.example/b/c.txt")]
    [InlineData("/c", "http://a.example/c")]
    [InlineData("//c.example/d", "http://c.example/d")]
    [InlineData("https://c.example/", "https://c.example/")]
    [InlineData(" c", "http://a.example/b/c")]
    public void A_link_leads_on_from_its_page(string link, string address)
    {
        Assert.True(WebAddress.TryRead(Page, link, out var to));
        Assert.Equal(address, to.AbsoluteUri);
    }

    [Fact]
    public void No_text_makes_it_throw()
    {
        string[] pieces = ["\\", "/", "\\\\", "//", "\u202e", "\u200e", "a", ":", "http:", "file:", "ftp:", "ws:", "mailto:", "x:", "c:", "|", "[", "]", "%", "%2e", "@", "#", "?", " ", "..", ".", "1", "\ud800", "\u00e4", "\0"];
        var random = new Random(20261129);
        for (var n = 0; n < 100_000; n++)
        {
            var text = string.Concat(random.GetItems(pieces, random.Next(1, 12)));
            _ = WebAddress.TryRead(text, out _);
            _ = WebAddress.TryRead(Page, text, out _);
        }
    }
}

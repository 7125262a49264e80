using System.Text;
using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Web.Languages;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

public sealed class MessageTextTests
{
    [Theory]
    [InlineData("hello", "hello")]
    [InlineData("  two\r\nlines\rand\u2028more \n", "two\nlines\nand\nmore")]
    [InlineData("👩\u200D💻 ❤\uFE0F می\u200Cخواهم", "👩\u200D💻 ❤\uFE0F می\u200Cخواهم")]
    [InlineData("\u001B[2Jgone", "\\u{1B}[2Jgone")]
    [InlineData("a\0b\u0085c", "a\\u{0}b\\u{85}c")]
    [InlineData("left\u202Ethgir\u2066x", "left\\u{202E}thgir\\u{2066}x")]
    [InlineData("<script>", "<script>")]
    public void Words_stay_and_what_would_act_on_what_shows_them_becomes_visible(string text, string expected)
    {
        Assert.Equal(expected, MessageText.Clean(text, 1024, out var refused));
        Assert.Null(refused);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t")]
    [InlineData("\u200B\u200D\uFE0F")]
    public void A_message_without_anything_to_see_is_refused(string text)
    {
        Assert.Null(MessageText.Clean(text, 1024, out var refused));
        Assert.Equal(RefusalCodes.Empty, refused!.Code);
    }

    [Fact]
    public void The_length_is_measured_in_bytes_of_UTF_8()
    {
        Assert.NotNull(MessageText.Clean(new string('é', 512), 1024, out _));
        Assert.Null(MessageText.Clean(new string('é', 513), 1024, out var refused));
        Assert.Equal((RefusalCodes.TooLong, "That is too long: a message may have up to 1 KiB."), (refused!.Code, refused.Reason));
    }

    [Fact]
    public void A_broken_character_is_replaced() =>
        Assert.Equal("a\uFFFDb", MessageText.Clean("a" + (char)0xDC00 + "b", 1024, out _));

    [Theory]
    [InlineData("see https://example.org/a?b=c#d, ok", "see |[https://example.org/a?b=c#d]|, ok")]
    [InlineData("(HTTP://onionshare:pass-word@abc.onion)", "(|[HTTP://onionshare:pass-word@abc.onion]|)")]
    [InlineData("javascript:alert(1) data:text/html,x ftp://a.b xhttp://c.d", "javascript:alert(1) data:text/html,x ftp://a.b xhttp://c.d")]
    [InlineData("https:// http://[ https://\"><script>", "https:// http://[ https://\"><script>")]
    [InlineData("http://a.b/\"onclick=x", "[http://a.b/]|\"onclick=x")]
    [InlineData("http://a.b\nhttps://c.d", "[http://a.b]|\n|[https://c.d]")]
    public void Web_addresses_and_nothing_else_become_links(string text, string expected) =>
        Assert.Equal(expected, string.Join('|', TextLinks.Split(text).Select(part => part.IsLink ? $"[{part.Piece}]" : part.Piece)));

    [Theory]
    [InlineData("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;")]
    [InlineData("http://a.b/?'x", "<a href=\"http://a.b/?&#x27;x\" target=\"_blank\" rel=\"noreferrer noopener\" referrerpolicy=\"no-referrer\">http://a.b/?&#x27;x</a>")]
    [InlineData("& \"q\"", "&amp; &quot;q&quot;")]
    public void In_the_page_without_scripts_text_is_text(string text, string expected)
    {
        var html = Encoding.UTF8.GetString(PlainHtml.Of(new Said { Seq = 1, Id = 3, Name = "<i>n</i>", N = 1, Text = text }, Language.English));
        Assert.Equal($"<p class=\"said\"><b class=\"tint-3\"><bdi>&lt;i&gt;n&lt;/i&gt;</bdi></b> <span class=\"words\" dir=\"auto\">{expected}</span></p>\n", html);
    }
}

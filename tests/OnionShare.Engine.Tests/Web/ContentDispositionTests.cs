using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class ContentDispositionTests
{
    [Theory]
    [InlineData("report.txt", "attachment; filename=\"report.txt\"")]
    [InlineData("two words.txt", "attachment; filename=\"two words.txt\"")]
    [InlineData("日本語.zip", "attachment; filename=\"___.zip\"; filename*=UTF-8''%E6%97%A5%E6%9C%AC%E8%AA%9E.zip")]
    [InlineData("🧅.zip", "attachment; filename=\"_.zip\"; filename*=UTF-8''%F0%9F%A7%85.zip")]
    [InlineData("a\"b.txt", "attachment; filename=\"a_b.txt\"; filename*=UTF-8''a%22b.txt")]
    [InlineData("100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt")]
    [InlineData("a'b*c.txt", "attachment; filename=\"a'b*c.txt\"")]
    [InlineData("é'*.txt", "attachment; filename=\"_'*.txt\"; filename*=UTF-8''%C3%A9%27%2A.txt")]
    [InlineData("a\r\nSet-Cookie: x=1", "attachment; filename=\"a__Set-Cookie: x=1\"")]
    [InlineData("a\0\u0085b", "attachment; filename=\"a__b\"")]
    [InlineData("../..\\etc", "attachment; filename=\".._.._etc\"")]
    [InlineData("..", "attachment; filename=\"download\"")]
    [InlineData("", "attachment; filename=\"download\"")]
    public void A_name_in_any_script_is_one_safe_value(string name, string header) => Assert.Equal(header, ContentDisposition.Attachment(name));

    [Fact]
    public void A_broken_surrogate_is_replaced() =>
        Assert.Equal("attachment; filename=\"x_\"; filename*=UTF-8''x%EF%BF%BD", ContentDisposition.Attachment("x\ud800"));

    [Fact]
    public void No_name_can_leave_printable_ascii()
    {
        var random = new Random(3);
        for (var i = 0; i < 2000; i++)
        {
            var name = new string([.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => (char)random.Next(i % 2 == 0 ? 0x100 : 0x10000))]);
            var header = ContentDisposition.Inline(name);
            Assert.DoesNotContain(header, c => c is < ' ' or > '~');
            Assert.Equal(2, header.Count(c => c == '"'));
        }
    }
}

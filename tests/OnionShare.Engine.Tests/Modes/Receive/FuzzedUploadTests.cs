using System.Net;
using System.Text;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>What the fuzzers (tests/OnionShare.Fuzz) sent that was not taken, or not as it was.</summary>
public sealed class FuzzedUploadTests
{
    [Theory]
    [InlineData("a\uFFFEb.txt", "ab.txt")]
    [InlineData("\uFFFF\uFDD0.pdf", ".pdf")]
    public async Task A_name_with_a_noncharacter_which_can_t_be_normalised_is_taken_without_it(string name, string saved)
    {
        await using var inbox = await Inboxed.StartAsync();
        using var form = new MultipartFormDataContent { Inboxed.Part("file[]", name, "x"u8.ToArray()) };
        form.HeaderEncodingSelector = (_, _) => Encoding.UTF8;

        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(form)).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await Tus.TryCreateAsync(inbox, name, 0)).StatusCode);

        Assert.Equal([saved, saved], inbox.Files);
    }

    [Fact]
    public async Task A_percent_sign_before_a_digit_and_a_NUL_is_no_escape()
    {
        await using var inbox = await Inboxed.StartAsync();
        using var form = new ByteArrayContent("text=100%4\0"u8.ToArray());
        form.Headers.TryAddWithoutValidation("Content-Type", "application/x-www-form-urlencoded");
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(form)).StatusCode);
        Assert.Equal("100%4\0", await File.ReadAllTextAsync(inbox.AllFiles.Single(), Cancel));
    }
}

using Xunit;
using Xunit.Sdk;

namespace OnionShare.Engine.Tests;

public sealed class RequiresTests
{
    [Theory]
    [InlineData("tor", true)]
    [InlineData("chromium, Tor", true)]
    [InlineData("chromium,torch", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_list_with_commas_names_what_must_be_there(string? required, bool named) =>
        Assert.Equal(named, Requires.IsNamed("tor", required));

    [Fact]
    public void A_missing_program_skips_the_test_and_says_what_to_install()
    {
        // Assert.Throws lets a skip pass through, so that it skips this very test.
        string? said = null;
        try
        {
            Requires.Found<string>(null, "no-such-tool", "apt install it");
        }
        catch (SkipException skip)
        {
            said = skip.Message;
        }

        Assert.EndsWith("skipped: no no-such-tool; apt install it", said);
    }

    [Fact]
    public void A_missing_program_that_is_asked_for_fails_the_test()
    {
        var failure = Assert.Throws<FailException>(() => Requires.Found<string>(null, "no-such-tool", "apt install it", "no-such-tool"));
        Assert.Equal("no no-such-tool, and ONIONSHARE_REQUIRE asks for it; apt install it", failure.Message);
    }
}

using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Onions;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Control;

public sealed class ControlTextTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("")]
    [InlineData("with \"quotes\" and \\ at the end \\")]
    [InlineData("C:\\Users\\Jörg 🧅\\cookie")]
    public void What_is_quoted_is_unquoted_to_the_same(string text) => Assert.Equal(text, ControlText.Unquote(ControlText.Quote(text)));

    [Theory]
    [InlineData("\"J\\303\\266rg\"", "Jörg")]
    [InlineData("\"a\\nb\\tc\"", "a\nb\tc")]
    [InlineData("\"\\0601\"", "01")]
    [InlineData("\"\\\"", "\\")]
    [InlineData("word", "word")]
    [InlineData("\"", "\"")]
    public void Escapes_of_tor_are_undone(string quoted, string text) => Assert.Equal(text, ControlText.Unquote(quoted));

    [Theory]
    [InlineData("a\rb")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    public void What_would_end_a_command_is_not_quoted_but_refused(string text)
    {
        var error = Assert.Throws<ArgumentException>(() => ControlText.Quote(text));
        Assert.DoesNotContain(text, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SUMMARY", "Connecting to a \"relay\"")]
    [InlineData("PROGRESS", "10")]
    [InlineData("TAG", "")]
    [InlineData("PROG", null)]
    public void Attributes_are_found_by_their_whole_name(string key, string? value) =>
        Assert.Equal(value, ControlText.Attribute("NOTICE BOOTSTRAP PROGRESS=10 TAG= SUMMARY=\"Connecting to a \\\"relay\\\"\" X=PROGRESS=11", key));

    [Fact]
    public void Rendezvous_circuits_of_one_onion_are_told_from_all_others()
    {
        const string Status = """
            1 BUILT $A~a BUILD_FLAGS=IS_INTERNAL PURPOSE=HS_SERVICE_INTRO HS_STATE=HSSI_ESTABLISHED REND_QUERY=mine
            22 BUILT $A~a PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_JOINED REND_QUERY=mine TIME_CREATED=2026-01-01T00:00:00
            23 BUILT $A~a PURPOSE=HS_SERVICE_REND HS_STATE=HSSR_JOINED REND_QUERY=other
            24 BUILT $A~a PURPOSE=GENERAL
            """;
        Assert.Equal(["22"], OnionCircuits.Rendezvous(Status, "mine"));
        Assert.Empty(OnionCircuits.Rendezvous("", "mine"));
        Assert.Empty(OnionCircuits.Rendezvous(null, "mine"));
    }

    [Fact]
    public void A_stalled_bootstrap_tells_why()
    {
        var phase = BootstrapPhase.Parse("WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY=\"Connecting to a relay\" WARNING=\"Connection refused\" REASON=CONNECTREFUSED COUNT=5 RECOMMENDATION=warn HOSTADDR=\"127.0.0.1:9\"");
        Assert.Equal("Connecting to a relay (stalled: Connection refused at 127.0.0.1:9)", phase!.ToString());
        Assert.Equal(5, phase.Percent);
        Assert.Null(BootstrapPhase.Parse("NOTICE CIRCUIT_ESTABLISHED"));
        Assert.Null(BootstrapPhase.Parse("NOTICE BOOTSTRAP PROGRESS=x"));
    }
}

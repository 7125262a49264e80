using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Addresses are judged before anything is connected to.</summary>
public sealed class ServiceAddressTests
{
    private static readonly string Onion = OnionAddress.Of(new byte[32].Select((_, i) => (byte)i).ToArray());

    [Fact]
    public void An_address_is_taken_apart()
    {
        var address = Parse($"http://onionshare:a%20b@{Onion.ToUpperInvariant()}/files/x.txt");
        Assert.Equal((Onion, 80, "/files/x.txt"), (address.Host, address.Port, address.Path));
        Assert.Equal("Basic " + Convert.ToBase64String("onionshare:a b"u8), address.Authorization);
        Assert.DoesNotContain("a b", address.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_scheme_and_a_user_may_be_left_out() => Assert.Equal(Onion, Parse("www." + Onion).Host);

    [Fact]
    public void A_typo_is_told_before_tor_is_asked()
    {
        var typo = (Onion[0] == 'a' ? 'b' : 'a') + Onion[1..];
        Assert.Contains("mistyped: its checksum does not fit", Refused($"http://onionshare:secret-word@{typo}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://onionshare:secret-word@example.org", "is no onion service")]
    [InlineData("https://onionshare:secret-word@example.onion", "only http:// is visited")]
    [InlineData("ftp://onionshare:secret-word@example.onion", "only http:// is visited")]
    [InlineData("http://onionshare:secret-word@abcdefghijklmnop.onion", "version 2")]
    [InlineData("http://onionshare:secret-word@short.onion", "has 5 characters")]
    [InlineData("http://onionshare:secret-word@127.0.0.1:17600", "is this computer")]
    [InlineData("http://onionshare:secret-word@[::1]:17600", "is this computer")]
    [InlineData("http://onionshare:secret-word@localhost:17600", "is this computer")]
    [InlineData("http://onionshare:secret-word@192.168.0.1", "is no onion service")]
    [InlineData("http://onionshare:secret-word@2130706433", "is this computer")]
    [InlineData("http://onionshare:secret-word@:", "no address")]
    public void Everything_else_is_refused_and_no_secret_told(string url, string words)
    {
        var text = Refused(url);
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_tor_only_this_computer_is_visited()
    {
        Assert.Equal("127.0.0.1", Parse("http://localhost:17600", localOnly: true).Host);
        Assert.Contains("can't be visited without tor", Refused("http://" + Onion, localOnly: true), StringComparison.Ordinal);
        Assert.Contains("is no onion service", Refused("http://example.org", localOnly: true), StringComparison.Ordinal);
    }

    private static ServiceAddress Parse(string url, bool localOnly = false) => ServiceAddress.Parse(new RemoteListRequest { Url = url, LocalOnly = localOnly });

    private static string Refused(string url, bool localOnly = false)
    {
        var problem = Assert.Throws<ProblemException>(() => Parse(url, localOnly)).Problem;
        Assert.Equal(ProblemCodes.RemoteAddress, problem.Code);
        return problem.ToString();
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

public sealed class OutgoingProxyTests
{
    [Theory]
    [InlineData("https://127.0.0.1:3128", "HTTPSProxy 127.0.0.1:3128")]
    [InlineData("http://proxy.example:8080/", "HTTPSProxy proxy.example:8080")]
    [InlineData("https://proxy.example:443", "HTTPSProxy proxy.example:443")]
    [InlineData("https://[2001:db8::1]:3128", "HTTPSProxy [2001:db8::1]:3128")]
    [InlineData("https://me:secret@127.0.0.1:3128", "HTTPSProxy 127.0.0.1:3128|HTTPSProxyAuthenticator \"me:secret\"")]
    [InlineData("https://me@127.0.0.1:3128", "HTTPSProxy 127.0.0.1:3128|HTTPSProxyAuthenticator \"me:\"")]
    [InlineData("https://me:a%40b%3Ac%22%25%20%C3%BC@127.0.0.1:3128", "HTTPSProxy 127.0.0.1:3128|HTTPSProxyAuthenticator \"me:a@b:c\\\"% ü\"")]
    [InlineData("socks5://127.0.0.1:1080", "Socks5Proxy 127.0.0.1:1080")]
    [InlineData("socks5://me:secret@proxy.example:1080", "Socks5Proxy proxy.example:1080|Socks5ProxyUsername \"me\"|Socks5ProxyPassword \"secret\"")]
    public void A_proxy_becomes_the_lines_tor_knows(string text, string lines) =>
        Assert.Equal(lines.Split('|'), OutgoingProxy.Parse(text).Torrc(escaped: false));

    [Fact]
    public void For_transports_user_and_password_are_written_as_in_a_URI()
    {
        var proxy = OutgoingProxy.Parse("socks5://m%40e:p%3A%2F@127.0.0.1:1080");

        Assert.True(proxy.NeedsEscapes);
        Assert.Equal(["Socks5Proxy 127.0.0.1:1080", "Socks5ProxyUsername \"m%40e\"", "Socks5ProxyPassword \"p%3A%2F\""], proxy.Torrc(escaped: true));
        Assert.False(OutgoingProxy.Parse("socks5://me:secret-1@127.0.0.1:1080").NeedsEscapes);
    }

    [Fact]
    public void A_name_is_replaced_where_nothing_may_be_looked_up()
    {
        Assert.Equal(["HTTPSProxy 127.0.0.1:8080"], OutgoingProxy.Parse("https://proxy.example:8080").WithoutName().Torrc(false));
        Assert.Equal(["HTTPSProxy [2001:db8::1]:8080"], OutgoingProxy.Parse("https://[2001:db8::1]:8080").WithoutName().Torrc(false));
    }

    [Theory]
    [InlineData("proxy.example:8080", "tor knows no proxy of the kind proxy.example://.")]
    [InlineData("127.0.0.1:8080", "The proxy is no address that can be read.")]
    [InlineData("socks4://127.0.0.1:1080", "tor knows no proxy of the kind socks4://.")]
    [InlineData("socks5://127.0.0.1", "The proxy 127.0.0.1 has no host or no port.")]
    [InlineData("https://proxy.example", "The proxy proxy.example has no host or no port.")]
    [InlineData("https://proxy.example:0", "The proxy proxy.example has no host or no port.")]
    [InlineData("https://proxy.example:8080/path", "The proxy has something after its port.")]
    [InlineData("https://proxy.example:8080?x", "The proxy has something after its port.")]
    [InlineData("https://proxy.example:99999", "The proxy is no address that can be read.")]
    [InlineData("https://pro xy.example:8080", "The proxy is no address that can be read.")]
    [InlineData("https://proxy.example:8080\n", "The proxy is no address that can be read.")]
    [InlineData("https://me:secret%0aControlPort@proxy.example:8080", "The user name or password of the proxy has a control character.")]
    [InlineData("https://m%3Ae:secret@proxy.example:8080", "A colon can't be in the user name of an HTTP proxy.")]
    [InlineData("socks5://me@proxy.example:1080", "User name and password of a SOCKS 5 proxy have 1 to 255 bytes each, or there is neither.")]
    [InlineData("socks5://:secret@proxy.example:1080", "User name and password of a SOCKS 5 proxy have 1 to 255 bytes each, or there is neither.")]
    public void What_can_not_be_a_proxy_is_refused_and_the_password_not_repeated(string text, string detail)
    {
        var problem = Assert.Throws<ProblemException>(() => OutgoingProxy.Parse(text)).Problem;

        Assert.Equal((ProblemCodes.TorSettings, "proxy", detail), (problem.Code, problem.Target, problem.Detail));
        Assert.DoesNotContain("secret", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains("socks5://[user:password@]host:port", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Too_long_a_password_is_refused()
    {
        Assert.Throws<ProblemException>(() => OutgoingProxy.Parse($"socks5://me:{new string('x', 256)}@127.0.0.1:1080"));
        Assert.Throws<ProblemException>(() => OutgoingProxy.Parse($"https://me:{new string('x', 509)}@127.0.0.1:1080"));
        Assert.Equal(2, OutgoingProxy.Parse($"https://me:{new string('x', 508)}@127.0.0.1:1080").Torrc(false).Count());
    }
}

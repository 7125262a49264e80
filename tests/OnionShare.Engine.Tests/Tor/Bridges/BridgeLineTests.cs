using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

public sealed class BridgeLineTests
{
    private const string Fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static readonly string Cert = Convert.ToBase64String(new byte[52]).TrimEnd('=');
    private static readonly string Obfs4 = $"obfs4 192.0.2.1:443 {Fingerprint} cert={Cert} iat-mode=0";

    [Fact]
    public void A_line_is_read_with_and_without_the_word_Bridge_and_with_odd_spaces()
    {
        foreach (var line in new[] { Obfs4, $"Bridge {Obfs4}", $"  bridge \t {Obfs4.Replace(" ", "   ")}  ", Obfs4.Replace(Fingerprint, Fingerprint.ToLowerInvariant()) })
        {
            var bridge = Assert.Single(BridgeLine.ParseAll([line]));
            Assert.Equal("obfs4", bridge.Transport);
            Assert.Equal("192.0.2.1:443", bridge.Address.ToString());
            Assert.Equal(Fingerprint, bridge.Fingerprint);
            Assert.Equal([("cert", Cert), ("iat-mode", "0")], bridge.Arguments);
            Assert.Equal(Obfs4, bridge.Text);
        }
    }

    [Fact]
    public void A_pasted_block_gives_its_bridges_once_each_without_blank_lines_and_comments()
    {
        var bridges = BridgeLine.ParseAll([$"# from the bot\r\n\r\nBridge {Obfs4}\r\n   \r\n{Obfs4}\n192.0.2.7:9001 {Fingerprint}\r", $"\t{Obfs4}\t"]);

        Assert.Equal([Obfs4, $"192.0.2.7:9001 {Fingerprint}"], bridges.Select(b => b.Text));
    }

    [Theory]
    [InlineData("192.0.2.7:9001", null, "192.0.2.7:9001")]
    [InlineData("192.0.2.7:9001 0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567", null, "192.0.2.7:9001 0123456789ABCDEF0123456789ABCDEF01234567")]
    [InlineData("[2001:DB8::1]:443 0123456789abcdef0123456789abcdef01234567", null, "[2001:db8::1]:443 0123456789ABCDEF0123456789ABCDEF01234567")]
    [InlineData("webtunnel [2001:db8:1::2]:443 0123456789ABCDEF0123456789ABCDEF01234567 url=https://example.com/a#b ver=0.0.3", "webtunnel", null)]
    [InlineData("meek_lite 192.0.2.20:80 url=https://example.org front=www.example.com utls=HelloRandomizedALPN", "meek_lite", null)]
    [InlineData("meek_lite 192.0.2.20:80 0123456789ABCDEF0123456789ABCDEF01234567 url=https://example.org fronts=a.example.com,b.example.com", "meek_lite", null)]
    [InlineData("snowflake 192.0.2.3:80 0123456789ABCDEF0123456789ABCDEF01234567 url=https://example.org/ ice=stun:a.example:3478,turn:b.example:3478", "snowflake", null)]
    [InlineData("conjure 192.0.2.9:80 url=https://example.org/api fronts=a.example.com transport=prefix", "conjure", null)]
    [InlineData("novel_1 192.0.2.9:80 key=value other=", "novel_1", null)]
    public void Lines_of_other_kinds_are_read(string line, string? transport, string? text)
    {
        var bridge = Assert.Single(BridgeLine.ParseAll([line]));
        Assert.Equal(transport, bridge.Transport);
        Assert.Equal(text ?? line, bridge.Text);
    }

    [Theory]
    [InlineData("obfs4", "has no address; a bridge line is: transport IP:port fingerprint key=value …")]
    [InlineData("obfs4 bridge.example:443 cert=x", "has 'bridge.example:443' where its address should be: IP:port, or [IPv6]:port")]
    [InlineData("1:443", "has '1:443' where its address should be: IP:port, or [IPv6]:port")]
    [InlineData("192.0.2.010:443", "has '192.0.2.010:443' where its address should be: IP:port, or [IPv6]:port")]
    [InlineData("2001:db8::1:443", "has '2001:db8::1:443' where its address should be: IP:port, or [IPv6]:port")]
    [InlineData("[fe80::1%eth0]:443", "has '[fe80::1%eth0]:443' where its address should be: IP:port, or [IPv6]:port")]
    [InlineData("[192.0.2.1]:443", "has '[192.0.2.1]:443' where its address should be: IP:port, or [IPv6]:port")]
    [InlineData("192.0.2.1", "has no port from 1 to 65535 after its address, 192.0.2.1")]
    [InlineData("192.0.2.1:0", "has no port from 1 to 65535 after its address, 192.0.2.1:0")]
    [InlineData("192.0.2.1:65536", "has no port from 1 to 65535 after its address, 192.0.2.1:65536")]
    [InlineData("192.0.2.1:443 0123", "has '0123' where its fingerprint should be: 40 hexadecimal digits")]
    [InlineData("obfs4 192.0.2.1:443 nonsense cert=x", "has 'nonsense' where its fingerprint should be: 40 hexadecimal digits")]
    [InlineData("obfs4 192.0.2.1:443 cert=x nonsense", "has 'nonsense' where only key=value can be")]
    [InlineData("obfs4 192.0.2.1:443 =x", "has '=x' where only key=value can be")]
    [InlineData("obfs4 192.0.2.1:443 iat-mode=0", "has no cert=, which obfs4 needs")]
    [InlineData("obfs4 192.0.2.1:443 cert=AAAA iat-mode=0", "has a cert= of 4 characters that is cut or mistyped; obfs4 has 70 of base64")]
    [InlineData("webtunnel [2001:db8::1]:443 ver=0.0.1", "has no url=, which webtunnel needs")]
    [InlineData("webtunnel [2001:db8::1]:443 url=example.com/path", "has 'example.com/path' as its url=, which is no http or https address")]
    [InlineData("meek_lite 192.0.2.20:80 url=https://example.org front=a/b", "has 'a/b' as a front, which is no host name")]
    [InlineData("snowflake 192.0.2.3:80", "has no url=, which snowflake needs")]
    [InlineData("snowflake 192.0.2.3:80 url=https://example.org fingerprint=12", "has a fingerprint= that is not 40 hexadecimal digits")]
    [InlineData("snowflake 192.0.2.3:80 url=https://example.org ice=stun:a.example:1,b.example:2", "has 'b.example:2' among its ICE servers, which begin with stun:, turn: or turns:")]
    [InlineData("novel 192.0.2.3:80 key=a\0b", "has a character that no bridge line has, U+0000")]
    [InlineData("novel 192.0.2.3:80 key=\u202ea", "has a character that no bridge line has, U+202E")]
    [InlineData("novel 192.0.2.3:80 key=\u001b[1m", "has a character that no bridge line has, U+001B")]
    public void A_bad_line_is_refused_with_its_number_and_what_is_wrong(string line, string wrong)
    {
        var problem = Assert.Throws<ProblemException>(() => BridgeLine.ParseAll([$"\n{Obfs4}", line])).Problem;

        Assert.Equal(ProblemCodes.TorSettings, problem.Code);
        Assert.Equal("bridges", problem.Target);
        Assert.Equal($"Bridge line 3, '{RemoteText.Show(line, 80)}', can't be used: it {wrong}.", problem.Detail);
        Assert.StartsWith("Copy the whole line", problem.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("\r\n")]
    [InlineData("\u2028")]
    [InlineData("\f")]
    public void A_line_break_in_a_bridge_line_makes_no_torrc_line(string lineBreak)
    {
        // What has the form of a bridge line stays one, of a transport nobody knows; all else is refused.
        var bridges = BridgeLine.ParseAll([$"{Obfs4}{lineBreak}ControlPort 127.0.0.1:9051"]);
        Assert.Equal([$"Bridge \"{Obfs4}\"", "Bridge \"ControlPort 127.0.0.1:9051\""], bridges.Select(b => b.Torrc()));

        var problem = Assert.Throws<ProblemException>(() => BridgeLine.ParseAll([$"{Obfs4}{lineBreak}RunAsDaemon 1"])).Problem;
        Assert.StartsWith("Bridge line 2, 'RunAsDaemon 1', can't be used", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_transport_can_be_told_is_refused()
    {
        var ice = string.Join(',', Enumerable.Repeat("stun:server.example.com:3478", 18));
        var problem = Assert.Throws<ProblemException>(() => BridgeLine.ParseAll([$"snowflake 192.0.2.3:80 url=https://a.example/ ice={ice}"])).Problem;
        Assert.Contains("characters of key=value; tor can hand 510 to a transport (fewer ICE servers make it shorter)", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void The_torrc_line_keeps_what_would_be_a_comment()
    {
        var bridge = Assert.Single(BridgeLine.ParseAll(["webtunnel [2001:db8::1]:443 url=https://example.com/#x\"\\"]));
        Assert.Equal("Bridge \"webtunnel [2001:db8::1]:443 url=https://example.com/#x\\\"\\\\\"", bridge.Torrc());
    }

    [Fact]
    public void A_program_that_knows_one_front_only_is_told_the_first_and_the_others_go_where_there_is_no_room()
    {
        const string Line = "snowflake 192.0.2.3:80 url=https://a.example/ fronts=b.example,c.example";
        var bridge = Assert.Single(BridgeLine.ParseAll([Line]));
        Assert.Equal($"{Line} front=b.example", bridge.For("/usr/bin/snowflake-client").Text);
        Assert.Equal("b.example", bridge.For("/usr/bin/obfs4proxy").Argument("front"));
        Assert.Equal(Line, bridge.For("/usr/bin/lyrebird").Text);

        var ice = string.Join(',', Enumerable.Repeat("stun:server.example.com:3478", 15));
        var full = Assert.Single(BridgeLine.ParseAll([$"{Line} ice={ice} utls-imitate=xxxxx"])).For("/usr/bin/snowflake-client");
        Assert.Equal((null, "b.example", ice), (full.Argument("fronts"), full.Argument("front"), full.Argument("ice")));
    }

    [Theory]
    [InlineData(BuiltInBridges.Obfs4, "obfs4", 7)]
    [InlineData(BuiltInBridges.Snowflake, "snowflake", 2)]
    [InlineData(BuiltInBridges.Meek, "meek_lite", 1)]
    public void The_built_in_sets_are_bridges_of_their_transport(BuiltInBridges set, string transport, int count)
    {
        var bridges = BuiltInBridgeSets.Of(set);
        Assert.Equal(count, bridges.Count);
        Assert.All(bridges, bridge => Assert.Equal(transport, bridge.Transport));
    }

    [Fact]
    public void Snowflake_comes_with_its_broker_fronts_and_ICE_servers()
    {
        Assert.All(BuiltInBridgeSets.Of(BuiltInBridges.Snowflake), bridge =>
        {
            Assert.StartsWith("https://", bridge.Argument("url"), StringComparison.Ordinal);
            Assert.NotEmpty(bridge.Argument("fronts")!);
            Assert.Equal(8, bridge.Argument("ice")!.Split(',').Length);
            Assert.Equal(bridge.Fingerprint, bridge.Argument("fingerprint"));
        });
    }
}

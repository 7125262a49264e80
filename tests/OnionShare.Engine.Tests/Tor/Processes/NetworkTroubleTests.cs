using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

/// <summary>The log lines are those of tor 0.4.9.11, each seen with a proxy or bridge of that kind.</summary>
public sealed class NetworkTroubleTests
{
    private const string Refused = "[warn] Proxy Client: unable to connect OR connection (handshaking (proxy)) with 127.0.0.1:30052 ID=<none> RSA_ID=36F8 ";

    [Theory]
    [InlineData("[warn] The https proxy sent back an unexpected status code 407 (\"Proxy Authentication Required\"). Closing.", "The proxy at 127.0.0.1:9 wants a user name and a password.", "https")]
    [InlineData("[warn] The https proxy sent back an unexpected status code 407 (\"Proxy Authentication Required\"). Closing.", "The proxy at 127.0.0.1:9 does not take this user name and password.", "https", "me:pw@")]
    [InlineData(Refused + "(\"server doesn\\'t support any of our available authentication methods\")", "The proxy at 127.0.0.1:9 wants a user name and a password.", "socks5")]
    [InlineData(Refused + "(\"authentication failed\")", "The proxy at 127.0.0.1:9 does not take this user name and password.", "socks5", "me:pw@")]
    [InlineData(Refused + "(\"connection not allowed by ruleset\")", "The proxy at 127.0.0.1:9 does not lead to the relays tor tries (connection not allowed by ruleset).", "socks5")]
    [InlineData("[warn] The https proxy refused to allow connection to 127.0.0.1 (status code 403, \"Forbidden\"). Closing.", "The proxy at 127.0.0.1:9 does not lead to the relays tor tries (403, \"Forbidden).", "https")]
    [InlineData("[warn] The connection to the HTTP proxy server at 127.0.0.1:9 just failed. Make sure that the proxy server is up and running.", "The proxy at 127.0.0.1:9 can't be reached.", "https")]
    [InlineData("[warn] Problem bootstrapping. Stuck at 3% (conn_proxy): Connecting to proxy. (Connection refused; CONNECTREFUSED; count 1; recommendation warn; host DF4D at 127.0.0.1:30054)", "The proxy at 127.0.0.1:9 can't be reached.", "socks5")]
    [InlineData("[warn] Unparseable headers from proxy (OR connection (handshaking (proxy)) with 127.0.0.1:30052 ID=<none> RSA_ID=36F8). Closing.", "What answers at 127.0.0.1:9 is no HTTP proxy.", "https")]
    public void What_a_proxy_does_not_do_is_told(string line, string detail, string scheme, string user = "")
    {
        var trouble = Of(new TorSettings { Proxy = $"{scheme}://{user}127.0.0.1:9" }, 4, line, Refused);
        Assert.Equal(detail, trouble!.Detail);
        Assert.DoesNotContain("pw", trouble.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Bridges_that_do_not_answer_are_counted_and_named_by_their_transport()
    {
        const string Failure = Refused + "(\"general SOCKS server failure\")";
        Assert.Equal("None of the 7 obfs4 bridges answers.", Of(new TorSettings { BuiltInBridges = BuiltInBridges.Obfs4 }, 2, Failure)!.Detail);
        Assert.Equal("The bridge does not answer.", Of(new TorSettings { Bridges = ["127.0.0.1:1"] }, 5)!.Detail);
        Assert.Equal("None of the 2 bridges answers.", Of(new TorSettings { Bridges = ["127.0.0.1:1", "127.0.0.1:2"] }, 5)!.Detail);
        Assert.Equal("The meek_lite bridge does not answer through the proxy.", Of(new TorSettings { BuiltInBridges = BuiltInBridges.Meek, Proxy = "https://127.0.0.1:9" }, 10, Failure)!.Detail);
        Assert.Contains("user name and password", Of(new TorSettings { BuiltInBridges = BuiltInBridges.Meek, Proxy = "https://127.0.0.1:9" }, 10, Failure)!.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bridge_that_is_another_one_is_told()
    {
        const string Line = "[warn] Tried connecting to router at 127.0.0.1:29156 ID=<none> RSA_ID=0123, but RSA + ed25519 identity keys were not as expected: wanted 0123 but got DF4D.";
        Assert.Equal("What answers at the address of the bridge is another relay.", Of(new TorSettings { Bridges = ["127.0.0.1:1"] }, 14, Line)!.Detail);
    }

    [Fact]
    public void A_program_that_ends_or_can_not_do_it_is_told()
    {
        var settings = new TorSettings { BuiltInBridges = BuiltInBridges.Snowflake };
        Assert.Equal(
            "The program of the bridges' transport, /usr/bin/false, ends as soon as it is started (status 1).",
            Of(settings, 0, "[warn] Managed proxy \"/usr/bin/false\" having PID 27160 terminated with status code 1")!.Detail);
        Assert.Equal(
            "The program of the bridges' transport, /usr/bin/obfs4proxy, ends as soon as it is started (status 255: snowflake no such transport is supported).",
            Of(settings, 0,
                "[warn] Client managed proxy encountered a method error. (snowflake no such transport is supported)",
                "[warn] Managed proxy \"/usr/bin/obfs4proxy\" having PID 27513 terminated with status code 255")!.Detail);
        var trouble = Of(settings with { Proxy = "https://127.0.0.1:9" }, 0,
            "[warn] Managed proxy failed to configure the pluggable transport's outgoing proxy. (proxy is not supported)",
            "[warn] Managed proxy at '/usr/bin/snowflake-client' failed the configuration protocol and will be destroyed.",
            "[warn] Managed proxy \"N/A\" having PID 27899 terminated with status code 1");
        Assert.Equal("/usr/bin/snowflake-client can't go through a proxy.", trouble!.Detail);
        Assert.StartsWith("Take lyrebird in its place", trouble.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Beyond_the_bridge_and_without_bridge_and_proxy_it_is_something_else()
    {
        Assert.Null(Of(new TorSettings { Bridges = ["127.0.0.1:1"] }, 15));
        Assert.Null(Of(new TorSettings(), 5, "[warn] Problem bootstrapping."));
        Assert.Null(Of(new TorSettings { Proxy = "https://127.0.0.1:9" }, 4, "[warn] Problem bootstrapping."));
    }

    [Fact]
    public void While_tor_still_tries_bridges_are_said_not_to_answer_only_when_each_has_failed()
    {
        var two = new TorSettings { Bridges = ["127.0.0.1:1", "127.0.0.1:2"] };
        const string First = "[warn] Problem bootstrapping. Stuck at 5% (conn): Connecting to a relay. (Connection refused; CONNECTREFUSED; count 1; recommendation warn; host DF4D at 127.0.0.1:1)";
        Assert.Null(Of(two, 5, waited: false));
        Assert.Null(Of(two, 5, waited: false, First, First));
        Assert.Equal("None of the 2 bridges answers.", Of(two, 5, waited: false, First, First.Replace(":1)", ":2)", StringComparison.Ordinal))!.Detail);
        Assert.Equal("The obfs4 bridge does not answer.", Of(
            new TorSettings { Bridges = [$"obfs4 192.0.2.1:443 cert={Convert.ToBase64String(new byte[52]).TrimEnd('=')} iat-mode=0"] }, 2, waited: false,
            Refused + "(\"general SOCKS server failure\")")!.Detail);
    }

    private static NetworkTrouble? Of(TorSettings settings, int percent, params string[] lines) => Of(settings, percent, waited: true, lines);

    private static NetworkTrouble? Of(TorSettings settings, int percent, bool waited, params string[] lines)
    {
        var log = new TorLog(NullLogger.Instance);
        foreach (var line in lines) log.Add("Nov 21 14:34:30.000 " + line);
        return NetworkTrouble.Of(TorrcNetwork.Of(settings with { Torrc = ["ClientTransportPlugin obfs4,meek_lite,snowflake exec /none"] }, new TorExecutable("/tor", TorExecutable.Oldest)), log, percent, waited);
    }
}

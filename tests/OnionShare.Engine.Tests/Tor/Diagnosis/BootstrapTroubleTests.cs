using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Diagnosis;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Diagnosis;

/// <summary>What is said of a tor that does not get connected. The events and warnings are those of tor 0.4.9.11 in such a case.</summary>
public sealed class BootstrapTroubleTests
{
    private static readonly TorSettings Plain = new() { Bridges = [], TransportExecutables = [], ReachableAddresses = [], Torrc = [] };
    private static readonly TorSettings Bridged = Plain with { Bridges = ["192.0.2.7:443"] };
    private static readonly TorSettings Proxied = Plain with { Proxy = "https://user:secret@proxy.example:3128" };

    [Fact]
    public void Relays_that_refuse_are_told_with_what_a_firewall_or_a_censor_asks_for()
    {
        var finding = Explain(Plain, """WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=6 RECOMMENDATION=ignore HOSTID="01" HOSTADDR="192.0.2.1:9001" """);
        Assert.Equal("tor stands still at 5 % (Connecting to a relay), for 30 s now. The relays of the Tor network can't be reached (192.0.2.1:9001): Connection refused.", finding.Detail);
        Assert.Contains("-ReachableAddresses *:80,*:443", finding.Advice, StringComparison.Ordinal);
        Assert.Contains("-BuiltInBridges Snowflake", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bridge_that_refuses_is_told()
    {
        var finding = Explain(Bridged, """WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=16 RECOMMENDATION=warn HOSTID="74" HOSTADDR="192.0.2.7:443" """);
        Assert.EndsWith("The bridge (192.0.2.7:443) does not answer: Connection refused.", finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Try other bridges", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bridge_that_is_silent_behind_its_transport_is_told_in_the_transports_words()
    {
        var finding = Explain(
            Bridged, """NOTICE BOOTSTRAP PROGRESS=2 TAG=conn_done_pt SUMMARY="Connected to pluggable transport" """,
            """Proxy Client: unable to connect OR connection (handshaking (proxy)) with 192.0.2.7:443 ID=<none> RSA_ID=74FAD13168806246602538555B5521A0383A1875 ("general SOCKS server failure")""");
        Assert.EndsWith("The bridge does not answer through its transport: general SOCKS server failure (192.0.2.7:443).", finding.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_transport_that_does_not_run_is_told()
    {
        var finding = Explain(
            Bridged, """NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY="Starting" """,
            "Managed proxy \"/usr/bin/false\" having PID 3795 terminated with status code 1");
        Assert.EndsWith("The program of the bridges' transport does not run: Managed proxy \"/usr/bin/false\" having PID 3795 terminated with status code 1", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("-TransportExecutable", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_proxy_that_does_not_answer_is_told_without_its_password()
    {
        var finding = Explain(
            Proxied, """WARN BOOTSTRAP PROGRESS=3 TAG=conn_proxy SUMMARY="Connecting to proxy" WARNING="Connection refused" REASON=CONNECTREFUSED COUNT=8 RECOMMENDATION=ignore HOSTID="11" HOSTADDR="192.0.2.1:9001" """,
            "The connection to the HTTP proxy server at 127.0.0.1:9 just failed. Make sure that the proxy server is up and running.");
        Assert.EndsWith("The proxy at proxy.example:3128 does not answer: Connection refused.", finding.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", finding.Detail + finding.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The https proxy refused to allow connection to 192.0.2.1 (status code 403, \"Forbidden\"). Closing.", "403 Forbidden")]
    [InlineData("Proxy Client: unable to connect OR connection (handshaking (proxy)) with 192.0.2.1:9001 ID=<none> RSA_ID=01 (\"connection not allowed by ruleset\")", "connection not allowed by ruleset (192.0.2.1:9001)")]
    public void A_proxy_that_refuses_is_told_in_its_words(string warning, string words)
    {
        var finding = Explain(Proxied, """NOTICE BOOTSTRAP PROGRESS=4 TAG=conn_done_proxy SUMMARY="Connected to proxy" """, warning);
        Assert.EndsWith($"The proxy at proxy.example:3128 answers and refuses: {words}.", finding.Detail, StringComparison.Ordinal);
        Assert.Contains("-ProxyCredential", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_computer_without_a_network_is_told_so()
    {
        const string phase = """WARN BOOTSTRAP PROGRESS=5 TAG=conn SUMMARY="Connecting to a relay" WARNING="Network is unreachable" REASON=NOROUTE COUNT=1 RECOMMENDATION=ignore HOSTADDR="192.0.2.1:9001" """;
        Assert.EndsWith("This computer is connected to no network.", Explain(Plain, phase, hasNetwork: false).Detail, StringComparison.Ordinal);
        Assert.EndsWith("There is no way to the internet from here (192.0.2.1:9001): Network is unreachable.", Explain(Plain, phase).Detail, StringComparison.Ordinal);
        Assert.Contains("can't be reached (127.0.0.1:1)", Explain(Plain, phase.Replace("192.0.2.1:9001", "127.0.0.1:1", StringComparison.Ordinal).Replace("NOROUTE", "CONNECTREFUSED", StringComparison.Ordinal), hasNetwork: false).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_clock_is_the_reason_when_it_is_one()
    {
        var finding = Explain(Plain, """WARN BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY="Handshaking with a relay" WARNING="DONE" REASON=DONE COUNT=8 RECOMMENDATION=ignore HOSTADDR="192.0.2.1:9001" """, clockIsWrong: true);
        Assert.EndsWith("The clock is wrong, and tor does not take what the relays say.", finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Set the clock", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_connection_that_breaks_after_the_beginning_points_to_something_in_between()
    {
        var finding = Explain(Plain, """WARN BOOTSTRAP PROGRESS=14 TAG=handshake SUMMARY="Handshaking with a relay" WARNING="TLS_ERROR" REASON=TLS_ERROR COUNT=3 RECOMMENDATION=ignore HOSTADDR="192.0.2.1:9001" """);
        Assert.EndsWith("A relay answers (192.0.2.1:9001), and then the connection breaks: TLS_ERROR.", finding.Detail, StringComparison.Ordinal);
        Assert.StartsWith("Something in between interferes.", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tor_of_somebody_elses_is_advised_to_be_set_up_there()
    {
        const string phase = """NOTICE BOOTSTRAP PROGRESS=0 TAG=starting SUMMARY="Starting" """;
        Assert.StartsWith("Look at Tor Browser: press Connect there", Explain(Plain, phase, connection: TorConnectionType.TorBrowser).Advice, StringComparison.Ordinal);
        Assert.StartsWith("That tor has its own torrc", Explain(Plain, phase, connection: TorConnectionType.System).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void A_tor_that_says_nothing_is_told_so() =>
        Assert.Equal("tor does not say how far it is. It gives no reason: not a word.", Explain(Plain, "").Detail);

    private static CheckOutcome Explain(
        TorSettings settings, string phase, string? warning = null, bool clockIsWrong = false, bool hasNetwork = true,
        TorConnectionType connection = TorConnectionType.Own)
    {
        var finding = new BootstrapTrouble(
            BootstrapPhase.Parse(phase), warning is null ? [] : [warning], settings, connection, TimeSpan.FromSeconds(30), clockIsWrong, hasNetwork).Explain();
        Assert.Equal(TorCheckResult.Failed, finding.Result);
        Assert.NotNull(finding.Advice);
        return finding;
    }
}

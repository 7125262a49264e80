using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Settings;

public sealed class TorNetworkCheckTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("network check ").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("*:80")]
    [InlineData("*4:443")]
    [InlineData("*6:*")]
    [InlineData("18.0.0.0/8:9001")]
    [InlineData("18.0.0.1")]
    [InlineData("[2001:db8::]/32:8000-9000")]
    [InlineData("[2001:db8::1]")]
    public void An_address_a_firewall_lets_through_is_taken(string address) => TorSettingsCheck.Check(new TorSettings { ReachableAddresses = [address] });

    [Theory]
    [InlineData("")]
    [InlineData("443")]
    [InlineData("*:0")]
    [InlineData("*:65536")]
    [InlineData("*:90-80")]
    [InlineData("*:80,*:443")]
    [InlineData("*:80\nControlPort 9051")]
    [InlineData("example.com:443")]
    [InlineData("18.0.0.0/33:80")]
    [InlineData("2001:db8::1:80")]
    [InlineData("[18.0.0.1]:80")]
    public void Another_is_refused_with_an_example(string address)
    {
        var problem = Refusal(new TorSettings { ReachableAddresses = ["*:443", address] });
        Assert.Equal("reachableAddresses", problem.Target);
        Assert.StartsWith($"'{RemoteText.Show(address, 80)}' is no address and port", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("Write *:443 for a port", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_transport_needs_a_line_that_names_its_program()
    {
        var settings = new TorSettings { Bridges = ["novel 192.0.2.1:443 a=b"] };
        var problem = Refusal(settings);
        Assert.Equal("bridges", problem.Target);
        Assert.Equal("No program is known here for the transport 'novel' of a bridge line.", problem.Detail);
        Assert.Contains("ClientTransportPlugin novel exec", problem.Advice, StringComparison.Ordinal);

        TorSettingsCheck.Check(settings with { Torrc = ["ClientTransportPlugin novel exec /opt/novel"] });
    }

    [Fact]
    public void Programs_of_transports_are_files_that_are_known()
    {
        var program = Path.Combine(_folder, "lyrebird");
        File.WriteAllText(program, "");
        TorSettingsCheck.Check(new TorSettings { TransportExecutables = [program] });

        Assert.Contains("is not the whole path", Refusal(new TorSettings { TransportExecutables = ["lyrebird"] }).Detail, StringComparison.Ordinal);
        Assert.Contains("There is no program at", Refusal(new TorSettings { TransportExecutables = [program + "2"] }).Detail, StringComparison.Ordinal);
        var odd = Path.Combine(_folder, "chameleon");
        File.WriteAllText(odd, "");
        var problem = Refusal(new TorSettings { TransportExecutables = [odd] });
        Assert.Contains("is none of the programs known for pluggable transports (snowflake-client,", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("ClientTransportPlugin", problem.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Bridges_of_two_kinds_and_a_proxy_password_with_odd_characters_do_not_go_together()
    {
        string[] both = ["192.0.2.1:443", "webtunnel [2001:db8::1]:443 url=https://example.com/x"];
        Assert.Equal("proxy", Refusal(new TorSettings { Bridges = both, Proxy = "socks5://me:a%40b@127.0.0.1:1080" }).Target);

        TorSettingsCheck.Check(new TorSettings { Bridges = both, Proxy = "socks5://me:ab@127.0.0.1:1080" });
        TorSettingsCheck.Check(new TorSettings { Bridges = both[..1], Proxy = "socks5://me:a%40b@127.0.0.1:1080" });
        TorSettingsCheck.Check(new TorSettings { Bridges = both[1..], Proxy = "socks5://me:a%40b@127.0.0.1:1080" });
    }

    [Fact]
    public void A_line_that_forbids_programs_does_not_go_with_transports()
    {
        var settings = new TorSettings { BuiltInBridges = BuiltInBridges.Obfs4, Torrc = ["NoExec 1"] };
        Assert.Equal("torrc", Refusal(settings).Target);
        TorSettingsCheck.Check(settings with { BuiltInBridges = null });
        TorSettingsCheck.Check(settings with { Torrc = ["NoExec 0"] });
    }

    [Fact]
    public void What_would_have_no_effect_on_somebody_elses_tor_is_refused()
    {
        TorSettings[] all =
        [
            new() { Bridges = ["192.0.2.1:443"] }, new() { BuiltInBridges = BuiltInBridges.Snowflake }, new() { Proxy = "https://127.0.0.1:1" },
            new() { ReachableAddresses = ["*:443"] }, new() { AddressFamily = TorAddressFamily.IPv6 }, new() { Torrc = ["NumCPUs 1"] },
        ];
        Assert.Equal(
            ["bridges", "builtInBridges", "proxy", "reachableAddresses", "addressFamily", "torrc"],
            all.Select(settings => Refusal(settings with { Connection = TorConnectionType.System }).Target));
        Assert.Equal(
            "Bridges are set, and the tor at 127.0.0.1:9051 is to be used: it has a configuration of its own, where they would have no effect.",
            Refusal(all[0] with { ControlEndpoint = "127.0.0.1:9051" }).Detail);
        foreach (var settings in all)
        {
            TorSettingsCheck.Check(settings with { Connection = TorConnectionType.Own, ControlEndpoint = "127.0.0.1:9051" });
            TorSettingsCheck.Check(settings with { Connection = TorConnectionType.TorSharp });
        }
    }

    private static Problem Refusal(TorSettings settings)
    {
        var problem = Assert.Throws<ProblemException>(() => TorSettingsCheck.Check(settings)).Problem;
        Assert.Equal(ProblemCodes.TorSettings, problem.Code);
        Assert.NotEmpty(problem.Advice!);
        return problem;
    }
}

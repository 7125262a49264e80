using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

public sealed class TorrcNetworkTests : IDisposable
{
    private const string Fingerprint = "0123456789ABCDEF0123456789ABCDEF01234567";
    private static readonly string Obfs4 = $"obfs4 192.0.2.1:443 {Fingerprint} cert={Convert.ToBase64String(new byte[52]).TrimEnd('=')} iat-mode=0";
    private readonly string _folder = Directory.CreateTempSubdirectory("torrc-network-").FullName;

    private TorExecutable Tor => new(Path.Combine(_folder, "tor"), TorExecutable.Oldest);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Nothing_set_gives_no_lines()
    {
        var network = TorrcNetwork.Of(new TorSettings(), Tor);
        Assert.Empty(network.Lines);
        Assert.Empty(network.Transports);
    }

    [Fact]
    public void Bridges_get_their_programs_one_line_for_each_program()
    {
        var lyrebird = Program(_folder, "lyrebird");
        var network = TorrcNetwork.Of(
            new TorSettings
            {
                Bridges = [Obfs4, $"192.0.2.2:9001 {Fingerprint}", "meek_lite 192.0.2.20:80 url=https://example.org front=a.example", "novel 192.0.2.9:1"],
                Torrc = ["ClientTransportPlugin novel exec /opt/novel"],
            },
            Tor);

        Assert.Equal(
            [
                "UseBridges 1", $"Bridge \"{Obfs4}\"", $"Bridge \"192.0.2.2:9001 {Fingerprint}\"",
                "Bridge \"meek_lite 192.0.2.20:80 url=https://example.org front=a.example\"", "Bridge \"novel 192.0.2.9:1\"",
                $"ClientTransportPlugin {TorrcText.Quote($"obfs4,meek_lite exec {lyrebird}")}", "ClientTransportPlugin novel exec /opt/novel",
            ],
            network.Lines);
        Assert.Equal(["obfs4", "bridge", "meek_lite", "novel"], network.Transports);
        Assert.Equal(4, network.Bridges);
        Assert.Empty(network.Links);
    }

    [Fact]
    public void Ones_own_bridges_go_before_a_built_in_set()
    {
        Program(_folder, "lyrebird");
        Assert.Equal(["bridge"], TorrcNetwork.Of(new TorSettings { Bridges = ["192.0.2.2:9001"], BuiltInBridges = BuiltInBridges.Meek }, Tor).Transports);
        Assert.Equal(["meek_lite"], TorrcNetwork.Of(new TorSettings { Bridges = ["# none"], BuiltInBridges = BuiltInBridges.Meek }, Tor).Transports);
    }

    [Fact]
    public void An_old_snowflake_client_is_told_a_front_it_understands_and_lyrebird_is_not()
    {
        Program(_folder, "lyrebird");
        var settings = new TorSettings { Bridges = ["snowflake 192.0.2.3:80 url=https://example.org/ fronts=a.example,b.example"] };
        Assert.Equal("Bridge \"snowflake 192.0.2.3:80 url=https://example.org/ fronts=a.example,b.example\"", TorrcNetwork.Of(settings, Tor).Lines[1]);

        Program(_folder, "snowflake-client");
        Assert.Equal("Bridge \"snowflake 192.0.2.3:80 url=https://example.org/ fronts=a.example,b.example front=a.example\"", TorrcNetwork.Of(settings, Tor).Lines[1]);
    }

    [Fact]
    public void A_program_with_a_space_in_its_path_gets_a_stand_in_that_tor_can_take()
    {
        var program = Program(Path.Combine(_folder, "Tor Browser"), "lyrebird");
        var network = TorrcNetwork.Of(new TorSettings { Bridges = [Obfs4], TransportExecutables = [program] }, Tor);

        var link = Assert.Single(network.Links);
        Assert.Equal(program, link.Program);
        Assert.Equal($"ClientTransportPlugin {TorrcText.Quote($"obfs4 exec {link.Name}")}", network.Lines[2]);
        Assert.DoesNotContain(' ', link.Name);
        Assert.False(Path.IsPathRooted(link.Name));

        var data = Directory.CreateDirectory(Path.Combine(_folder, "data folder")).FullName;
        link.MakeIn(data);
        link.MakeIn(data);
        Assert.Equal("lyrebird", File.ReadAllText(Path.Combine(data, link.Name)));
        File.WriteAllText(program, "newer");
        link.MakeIn(data);
        Assert.Equal("newer", File.ReadAllText(Path.Combine(data, link.Name)));
    }

    [Fact]
    public void Without_a_program_the_transport_is_named()
    {
        var problem = Assert.Throws<ProblemException>(() => TorrcNetwork.Of(
            new TorSettings { Bridges = ["conjure 192.0.2.9:80 url=https://example.org/api"] }, Tor)).Problem;
        Assert.Equal((ProblemCodes.TransportNotFound, "conjure"), (problem.Code, problem.Target));
        Assert.Contains("conjure-client", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Proxy_firewall_Internet_Protocol_and_own_lines_follow_in_that_order()
    {
        var network = TorrcNetwork.Of(
            new TorSettings
            {
                Proxy = "socks5://me:a%40b@proxy.example:1080",
                ReachableAddresses = ["*:80", "18.0.0.0/8:443"],
                AddressFamily = TorAddressFamily.PreferIPv6,
                Torrc = ["# mine", "NumCPUs 1"],
            },
            Tor);

        Assert.Equal(
            [
                "Socks5Proxy proxy.example:1080", "Socks5ProxyUsername \"me\"", "Socks5ProxyPassword \"a@b\"", "ReachableAddresses *:80,18.0.0.0/8:443",
                "ClientUseIPv4 1", "ClientUseIPv6 1", "ClientPreferIPv6ORPort 1", "NumCPUs 1",
            ],
            network.Lines);
    }

    [Fact]
    public void With_transports_alone_the_proxy_password_is_written_as_in_a_URI()
    {
        Program(_folder, "obfs4proxy");
        var network = TorrcNetwork.Of(new TorSettings { Bridges = [Obfs4], Proxy = "https://me:a%40b@127.0.0.1:8080" }, Tor);
        Assert.Contains("HTTPSProxyAuthenticator \"me:a%40b\"", network.Lines);
    }

    private static string Program(string folder, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, OperatingSystem.IsWindows() ? name + ".exe" : name);
        File.WriteAllText(path, name);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}

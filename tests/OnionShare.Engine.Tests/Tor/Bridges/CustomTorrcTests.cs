using OnionShare.Contracts;
using OnionShare.Engine.Tor.Bridges;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Bridges;

public sealed class CustomTorrcTests
{
    [Fact]
    public void Other_lines_are_taken_without_comments_and_blank_ones()
    {
        string[] lines = ["  ExcludeNodes {xx} # not those ", "", "# a comment", "\tMaxCircuitDirtiness 300", "DirAuthority a orport=1 127.0.0.1:1 X", "FascistFirewall 1"];

        Assert.Equal(
            ["ExcludeNodes {xx} # not those", "MaxCircuitDirtiness 300", "DirAuthority a orport=1 127.0.0.1:1 X", "FascistFirewall 1"], CustomTorrc.Read(lines));
    }

    [Theory]
    [InlineData("DataDirectory /tmp", "the engine sets it")]
    [InlineData("socksport 9050", "the engine sets it")]
    [InlineData("+ControlPort 9051", "the engine sets it")]
    [InlineData("/ControlPort", "the engine sets it")]
    [InlineData("ControlPor 9051", "the engine sets it")]
    [InlineData("Cookie 0", "the engine sets it")]
    [InlineData("Log debug file /tmp/x", "the engine sets it")]
    [InlineData("\tLog\tdebug file /tmp/x", "the engine sets it")]
    [InlineData("Log#debug", "the engine sets it")]
    [InlineData("SocksBindAddress 0.0.0.0", "the engine sets it")]
    [InlineData("HashedControlPassword 16:00", "it would let others control this tor")]
    [InlineData("ControlSocket /tmp/x", "it would let others control this tor")]
    [InlineData("RunAsDaemon 1", "the engine would lose hold of its tor")]
    [InlineData("User nobody", "the engine would lose hold of its tor")]
    [InlineData("__OwningControllerProcess 1", "the engine would lose hold of its tor")]
    [InlineData("DisableNetwork 1", "services could not be published or checked any more")]
    [InlineData("HiddenServiceDir /tmp/x", "the engine makes the onion services")]
    [InlineData("HiddenServiceNonAnonymousMode 1", "the engine makes the onion services")]
    [InlineData("HiddenServ /tmp/x", "the engine makes the onion services")]
    [InlineData("ORPort 9001", "services on a tor that is a relay too can be linked to it")]
    [InlineData("%include /etc/tor/torrc", "what a file includes can't be checked")]
    [InlineData("Bridge 192.0.2.1:443", "there is a setting for it")]
    [InlineData("Socks5ProxyPassword secret", "there is a setting for it")]
    [InlineData("NumCPUs 1\nControlPort 9051", "it is more than one line")]
    [InlineData("NumCPUs \\", "it is more than one line")]
    [InlineData("NumCPUs 1\0", "it is more than one line")]
    [InlineData("+ 1", "it names no option")]
    public void What_the_engine_relies_on_is_refused_with_the_reason(string line, string reason)
    {
        var problem = Assert.Throws<ProblemException>(() => CustomTorrc.Read(["NumCPUs 1", line])).Problem;
        Assert.Equal((ProblemCodes.TorSettings, "torrc"), (problem.Code, problem.Target));
        Assert.Equal($"The torrc line '{RemoteText.Show(line.Trim(), 80)}' is refused: {reason}.", problem.Detail);
        Assert.NotEmpty(problem.Advice!);
    }

    [Fact]
    public void A_refusal_for_a_setting_names_it()
    {
        Assert.Equal(
            "Take the setting instead of HTTPSProxyAuthenticator (proxy, which keeps its password secret).",
            Assert.Throws<ProblemException>(() => CustomTorrc.Read(["HTTPSProxyAuthenticator a:b"])).Problem.Advice);
    }

    [Fact]
    public void A_line_for_a_transport_names_its_program()
    {
        Assert.Equal(
            ["conjure", "novel", "obfs4"],
            CustomTorrc.Transports(["NumCPUs 1", "ClientTransportPlugin conjure,novel exec /x -a b", "clienttransportplugin \"obfs4 exec /y\""]).Order());
    }
}

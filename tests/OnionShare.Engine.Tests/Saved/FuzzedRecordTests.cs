using OnionShare.Contracts;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Circumvention;
using OnionShare.Engine.Tor.Tunnels;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>What the fuzzers (tests/OnionShare.Fuzz) gave to import, to save under and to set for which there was no word.</summary>
public sealed class FuzzedRecordTests
{
    [Theory]
    [InlineData("""{"onion":{"private_key":"\ud800"},"persistent":{"mode":"chat"}}""")]
    [InlineData("""{"onion":{"\udc00":1},"persistent":{"mode":"chat"}}""")]
    public async Task A_tab_with_half_a_character_is_refused(string tab)
    {
        using var scratch = new Scratch();
        await using var work = new Workshop(scratch.State);
        var file = scratch.File("tab.json", System.Text.Encoding.UTF8.GetBytes(tab));
        var refused = Assert.Throws<ProblemException>(() => new SavedTransport(work.Saved, TimeProvider.System).Import(new ImportRequest { Path = file }));
        Assert.Equal(ProblemCodes.ImportRefused, refused.Problem.Code);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("a\uFFFEb")]
    [InlineData("a\uD800b")]
    public async Task A_name_that_can_t_be_normalised_is_looked_up_like_any_other(string name)
    {
        using var scratch = new Scratch();
        await using var work = new Workshop(scratch.State);
        Assert.Equal(ProblemCodes.SavedNotFound, Assert.Throws<ProblemException>(() => work.Saved.Get(name)).Problem.Code);
        var envelope = new ExportEnvelope();
        Assert.Equal([1, 2], envelope.Open(envelope.Seal([1, 2], name), name));
    }

    [Fact]
    public void A_host_that_no_name_can_be_is_refused_wherever_it_is_set()
    {
        const string host = "127.0.\uFFFD.1";
        Assert.Equal(ProblemCodes.TorSettings, Assert.Throws<ProblemException>(() => OutgoingProxy.Parse($"socks5://user:secret@{host}:1080")).Problem.Code);
        Assert.Equal(ProblemCodes.InvalidRequest, Assert.Throws<ProblemException>(() => CircumventionSource.Parse($"https://{host}/moat")).Problem.Code);
        Assert.Null(ProxyConnection.Parse($"{host}:9050"));
    }
}

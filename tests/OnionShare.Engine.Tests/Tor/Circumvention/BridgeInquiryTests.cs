using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Circumvention;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Circumvention;

/// <summary>What is asked of the circumvention service, and what is made of its answers.</summary>
public sealed class BridgeInquiryTests : IAsyncLifetime
{
    private ApiStandIn _api = null!;
    private ProxyStandIn _proxy = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiStandIn.HttpAsync();
        _proxy = new ProxyStandIn(_api.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _proxy.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task What_the_service_recommends_for_a_country_is_offered_in_its_order()
    {
        _api.Says("settings", ApiStandIn.Settings("cn", ("snowflake", "builtin", [ApiStandIn.Snowflake]), ("obfs4", "bridgedb", [ApiStandIn.Obfs4])));

        var offers = await AskAsync(new BridgeRequest { Country = "CN" });

        Assert.Equal([("snowflake", "builtin", "cn"), ("obfs4", "bridgedb", "cn")], offers.Select(offer => (offer.Transport, offer.Source, offer.Country!)));
        Assert.Equal([ApiStandIn.Snowflake, ApiStandIn.Obfs4], offers.SelectMany(offer => offer.Lines));
        Assert.All(offers, offer => Assert.Null(offer.Note));
        Assert.Equal([("settings", """{"country":"cn"}""")], _api.Asked);
    }

    [Fact(Timeout = 120_000)]
    public async Task Of_what_can_not_be_used_here_it_is_said_what_is_missing()
    {
        var known = ApiStandIn.Obfs4;
        var unknown = known.Replace("obfs4 ", "nosuch ", StringComparison.Ordinal);
        _api.Says("settings", ApiStandIn.Settings("cn", ("nosuch", "bridgedb", [unknown]), ("vanilla", "bridgedb", [PlainOf(known)])));
        var offers = await AskAsync(new BridgeRequest { Country = "cn" });
        Assert.Equal(["nosuch", BridgeLine.Plain], offers.Select(offer => offer.Transport));
        Assert.StartsWith("No program is known here for the transport 'nosuch'", offers[0].Missing, StringComparison.Ordinal);
        Assert.Null(offers[1].Missing);

        static string PlainOf(string line) => string.Join(' ', line.Split(' ')[1..3]);
    }

    [Fact(Timeout = 120_000)]
    public async Task The_question_says_nothing_about_the_one_who_asks()
    {
        _api.Says("settings", ApiStandIn.Settings(null, ("obfs4", "builtin", [ApiStandIn.Obfs4])));
        await AskAsync(new BridgeRequest { Transports = ["obfs4"] });
        Assert.Equal([("settings", """{"transports":["obfs4"]}""")], _api.Asked);
        Assert.Equal(["Content-Length", "Content-Type", "Host"], _api.Headers);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("""{"errors":[{"code":404,"detail":"No provided transport is available for this country"}]}""", "tm", "The service knows of no bridges that work in 'tm'.")]
    [InlineData("""{"errors":[{"code":406,"detail":"Could not find country code"}]}""", null, "The service could not tell which country this is; name it (Country).")]
    [InlineData("""{"settings":[],"country":"se"}""", "se", "The service knows of nothing that blocks Tor in 'se': it may work without bridges.")]
    [InlineData("{}", null, "The service knows of nothing that blocks Tor in the country of the address it sees: it may work without bridges.")]
    public async Task Where_it_has_nothing_for_a_country_what_it_has_for_everybody_is_offered_and_said_so(string answer, string? country, string note)
    {
        _api.Says("settings", answer).Says("defaults", ApiStandIn.Settings("xx", ("obfs4", "bridgedb", [ApiStandIn.Obfs4])));

        var offer = Assert.Single(await AskAsync(new BridgeRequest { Country = country }));

        Assert.Null(offer.Country);
        Assert.Equal(note + " These are recommended to everybody.", offer.Note);
        Assert.Equal(["settings", "defaults"], _api.Asked.Select(asked => asked.What));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_built_in_set_without_lines_is_filled_from_the_list_of_them_which_is_asked_for_once()
    {
        _api.Says("settings", """{"settings":[{"bridges":{"type":"snowflake","source":"builtin"}},{"bridges":{"type":"obfs4","source":"builtin"}}],"country":"cn"}""")
            .Says("builtin", System.Text.Json.JsonSerializer.Serialize(new { snowflake = new[] { ApiStandIn.Snowflake }, obfs4 = new[] { ApiStandIn.Obfs4 } }));
        var offers = await AskAsync(new BridgeRequest { Country = "cn" });
        Assert.Equal([ApiStandIn.Snowflake, ApiStandIn.Obfs4], offers.SelectMany(offer => offer.Lines));
        Assert.Equal(["settings", "builtin"], _api.Asked.Select(asked => asked.What));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_line_that_would_become_two_is_left_out_and_said_so()
    {
        _api.Says("settings", ApiStandIn.Settings("cn", ("obfs4", "bridgedb", [ApiStandIn.Obfs4 + "\nControlPort 0.0.0.0:9051", ApiStandIn.Obfs4, "obfs4 nonsense"])));
        var offer = Assert.Single(await AskAsync(new BridgeRequest { Country = "cn" }));
        Assert.Equal([ApiStandIn.Obfs4], offer.Lines);
        Assert.StartsWith("2 of the service's lines left out: the last one has 'nonsense' where its address should be", offer.Note, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("User root", "has 'root' where its address should be")]
    [InlineData("obfs4 192.0.2.7:443 cert=x\r\nUser root", "has a character that no bridge line has, U+000D")]
    [InlineData("", "has no address")]
    public async Task When_no_line_can_be_used_nothing_is_offered(string line, string reason)
    {
        _api.Says("settings", ApiStandIn.Settings("cn", ("obfs4", "bridgedb", [line])));
        var problem = await RefusedAsync(new BridgeRequest { Country = "cn" });
        Assert.Equal(ProblemCodes.BridgesNotFound, problem.Code);
        Assert.StartsWith($"The circumvention service gave no bridge line that can be used: the last {reason}", problem.Detail, StringComparison.Ordinal);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(200, "", "answers what is not understood")]
    [InlineData(200, "<html>Welcome to the hotel</html>", "answers what is not understood")]
    [InlineData(200, "null", "answers what is not understood")]
    [InlineData(200, "[]", "answers what is not understood")]
    [InlineData(200, """{"settings":[{"bridges":{"type":1}}]}""", "answers what is not understood")]
    [InlineData(200, """{"settings":{"bridges":[]}}""", "answers what is not understood")]
    [InlineData(404, "<html>", "answers with the status 404")]
    [InlineData(503, "", "answers with the status 503")]
    [InlineData(302, "", "wants to send the question on to another address, which is not done")]
    public async Task An_answer_that_is_none_is_told(int status, string body, string reason)
    {
        _api.Says("settings", body, status);
        var problem = await RefusedAsync(new BridgeRequest());
        Assert.Equal((ProblemCodes.BridgesNotFound, 502), (problem.Code, problem.Status));
        Assert.Equal($"The circumvention service at {_api.Address}/circumvention/ {reason}.", problem.Detail);
        Assert.NotNull(problem.Advice);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_with_sets_of_null_offers_nothing()
    {
        _api.Says("settings", """{"settings":[null,{"bridges":null},{"bridges":{"type":null,"source":null,"bridge_strings":[null]}}],"country":"cn"}""");
        Assert.Equal(ProblemCodes.BridgesNotFound, (await RefusedAsync(new BridgeRequest { Country = "cn" })).Code);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("""{"errors":[{"code":400,"detail":"Not valid\u001b[2J request"}]}""", "The circumvention service answers: 400 Not valid\\u{1B}[2J request.")]
    [InlineData("""{"errors":[]}""", "The circumvention service answers: an error.")]
    [InlineData("""{"errors":[null]}""", "The circumvention service answers: an error.")]
    public async Task An_error_of_the_service_is_told_in_its_words(string answer, string detail)
    {
        _api.Says("settings", answer);
        Assert.Equal(detail, (await RefusedAsync(new BridgeRequest())).Detail);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_without_end_is_cut_off()
    {
        _api.Answers["settings"] = async context =>
        {
            var piece = new byte[64 * 1024];
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.Body.WriteAsync(piece, context.RequestAborted);
        };
        Assert.EndsWith("answers more than 1024 KiB.", (await RefusedAsync(new BridgeRequest())).Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_answer_that_does_not_come_is_waited_for_so_long_and_no_longer()
    {
        _api.Answers["settings"] = context => Task.Delay(Timeout.Infinite, context.RequestAborted);
        var problem = await RefusedAsync(new BridgeRequest(), limit: TimeSpan.FromSeconds(1));
        Assert.EndsWith("did not answer within 1 s.", problem.Detail, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_redirect_is_not_followed()
    {
        await using var elsewhere = await ApiStandIn.HttpAsync();
        _api.Answers["settings"] = context =>
        {
            context.Response.Redirect(elsewhere.Says("settings", "{}").Address + "/circumvention/settings");
            return Task.CompletedTask;
        };
        await RefusedAsync(new BridgeRequest());
        Assert.Empty(elsewhere.Asked);
        Assert.Equal([$"127.0.0.1:{_api.Port}"], _proxy.Asked);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("china")]
    [InlineData("c")]
    [InlineData("c\n")]
    [InlineData("12")]
    public async Task What_is_no_country_is_not_asked_for(string country) => await RefusedUnaskedAsync(new BridgeRequest { Country = country });

    [Theory(Timeout = 120_000)]
    [InlineData("http://bridges.example/moat")]
    [InlineData("http://localhost/moat")]
    [InlineData("http://127.0.0.1.example/moat")]
    [InlineData("ftp://127.0.0.1/moat")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user:secret@bridges.example/moat")]
    [InlineData("https://bridges.example/moat?a=b")]
    [InlineData("bridges.example")]
    [InlineData("")]
    public async Task An_address_that_is_not_protected_or_holds_more_is_not_asked(string source) =>
        await RefusedUnaskedAsync(new BridgeRequest { Source = source });

    [Theory(Timeout = 120_000)]
    [InlineData("obfs4 ")]
    [InlineData("a;b")]
    [InlineData("")]
    public async Task What_is_no_transport_is_not_asked_for(string transport) => await RefusedUnaskedAsync(new BridgeRequest { Transports = [transport] });

    private async Task RefusedUnaskedAsync(BridgeRequest request)
    {
        var problem = await RefusedAsync(request);
        Assert.Equal(ProblemCodes.InvalidRequest, problem.Code);
        Assert.Empty(_proxy.Asked);
        Assert.Empty(_api.Asked);
    }

    private Task<IReadOnlyList<BridgeOffer>> AskAsync(BridgeRequest request, TimeSpan? limit = null) =>
        new BridgeInquiry(TorAt.Socks(_proxy.Port), () => new TorSettings(), NullLogger.Instance) { Limit = limit ?? Until.Limit }
            .AskAsync(request.Source is null ? request with { Source = _api.Address } : request, Cancel);

    private async Task<Problem> RefusedAsync(BridgeRequest request, TimeSpan? limit = null) =>
        (await Assert.ThrowsAsync<ProblemException>(() => AskAsync(request, limit))).Problem;
}

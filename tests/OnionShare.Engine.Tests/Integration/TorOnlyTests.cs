using System.Net;
using System.Net.NetworkInformation;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Tests.Tor;
using OnionShare.Engine.Tests.Tor.Circumvention;
using OnionShare.Engine.Tests.Web;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Nothing comes in but from this computer, nothing goes out but to tor, and no answer says more than it must.</summary>
public sealed class TorOnlyTests
{
    private const string Address = "wrxdvcaqpuzakbfww5sxs6r2uybczwijzfn2ezy2osaj7iox7kl7nhad.onion";

    [Fact(Timeout = 120_000)]
    public async Task A_service_listens_on_this_computer_only()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.txt", 10));
        var places = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(place => place.Port == service.Status.Port).ToList();
        Assert.NotEmpty(places);
        Assert.All(places, place => Assert.True(IPAddress.IsLoopback(place.Address), place.ToString()));
    }

    [Fact(Timeout = 120_000)]
    public async Task No_answer_tells_what_serves_it()
    {
        await using var engine = new LocalEngine();
        var service = await engine.ShareAsync(engine.Scratch.File("a.txt", 10));
        using var visitor = LocalEngine.Visit(service);
        foreach (var request in new[] { visitor.Get("/", "Connection: close\r\n"), visitor.Get("/nope", "Connection: close\r\n"), $"GET / HTTP/1.1\r\nHost: {visitor.Host}\r\nConnection: close\r\n\r\n", "NONSENSE\r\n\r\n" })
        {
            var head = (await visitor.RawAsync(request)).Split("\r\n\r\n")[0];
            Assert.StartsWith("HTTP/1.1 ", head, StringComparison.Ordinal);
            Assert.DoesNotMatch("(?im)^(server|x-powered-by|x-aspnet[^:]*|via):", head);
            Assert.DoesNotContain("Kestrel", head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task No_answer_tells_the_time_of_this_computer()
    {
        await using var engine = new LocalEngine();
        var share = await engine.ShareAsync(new ShareRequest { Paths = [engine.Scratch.File("a.txt", 10)], KeepSharing = true });
        var website = await engine.StartAsync(new WebsiteRequest { Paths = [engine.Scratch.File("site/index.html", 10)] });
        var receive = await engine.StartAsync(new ReceiveRequest { Path = engine.Scratch.At("inbox") });
        var chat = await engine.StartAsync(new ChatRequest());
        foreach (var service in new[] { share, website, receive, chat })
        {
            using var visitor = LocalEngine.Visit(service);
            foreach (var (request, status) in new[]
            {
                (visitor.Get("/"), "200"), (visitor.Get("/nope"), "404"), (visitor.Get("/").Replace("GET", "HEAD", StringComparison.Ordinal), "200"),
                (visitor.Get("/").Replace(visitor.Authorization, "", StringComparison.Ordinal), "401"), (visitor.Get("/").Replace("127.0.0.1", "evil", StringComparison.Ordinal), "421"),
                ("NONSENSE\r\n\r\n", "400"), ($"GET /{new string('a', 20_000)} HTTP/1.1\r\n\r\n", "414"), ("GET / HTTP/1.1\r\n\r\n", "400"), (visitor.Get("/", "X : 1\r\n"), "400"),
                (visitor.Get("/", new string('a', 40_000)), "431"),
            })
            {
                await CheckAsync(visitor, request, status);
            }
        }

        using (var visitor = LocalEngine.Visit(share))
        {
            await CheckAsync(visitor, visitor.Get("/download", "Range: bytes=1-2\r\n"), "206");
            await CheckAsync(visitor, visitor.Get("/download", "Range: bytes=99-\r\n"), "416");
            await CheckAsync(visitor, visitor.Get("/download", "If-None-Match: *\r\n"), "304");
        }

        using (var visitor = LocalEngine.Visit(chat))
            await CheckAsync(visitor, visitor.Get("/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"), "101");

        static async Task CheckAsync(Visitor visitor, string request, string status)
        {
            using var connection = await visitor.ConnectAsync(request);
            using var reader = new StreamReader(connection.GetStream());
            var head = new List<string>();
            while (await reader.ReadLineAsync(Cancel).AsTask().WaitAsync(EngineProcess.Limit, Cancel) is { Length: > 0 } line) head.Add(line);
            Assert.StartsWith($"HTTP/1.1 {status} ", head.FirstOrDefault(), StringComparison.Ordinal);
            Assert.DoesNotContain(head, line => line.StartsWith("Date", StringComparison.OrdinalIgnoreCase) || line.Contains(" GMT", StringComparison.Ordinal) && !line.StartsWith("Last-Modified: ", StringComparison.Ordinal));
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_longer_form_than_a_message_can_fill_is_refused()
    {
        await using var engine = new LocalEngine();
        var service = await engine.StartAsync(new ChatRequest());
        using var visitor = LocalEngine.Visit(service);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["seat"] = "x", ["text"] = new('x', 100_000) });
        using var answer = await visitor.Client.PostAsync("/plain/say", form, Cancel);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_client_hands_the_name_to_tor_and_each_circuit_is_one_of_its_own()
    {
        await using var service = await LoopbackServer.StartAsync(http => http.Response.WriteAsync("here", Cancel));
        await using var socks = new ProxyStandIn(service.Client.BaseAddress!.Port);
        var tors = new InMemoryTors { Socks = $"127.0.0.1:{socks.Port}" };
        await using var host = new TorHost(() => new TorSettings(), _ => tors, TimeSpan.FromMinutes(5), HeartbeatTimes.Never, _ => { }, NullLogger.Instance, TimeProvider.System);
        using var visit = new Visit(new FetchRequest { Url = Address, Path = "/nowhere" }, host);
        for (var n = 0; n < 2; n++)
        {
            using var circuit = visit.TakeCircuit();
            using var answer = await circuit.SendAsync(HttpMethod.Get, "/", null, Cancel);
            Assert.Equal("here", await answer.Content.ReadAsStringAsync(Cancel));
        }

        Assert.Equal([$"{Address}:80", $"{Address}:80"], socks.Asked);
        Assert.All(socks.Credentials, given => Assert.StartsWith("onionshare-client:", given, StringComparison.Ordinal));
        Assert.Equal(2, socks.Credentials.Distinct().Count());
    }
}

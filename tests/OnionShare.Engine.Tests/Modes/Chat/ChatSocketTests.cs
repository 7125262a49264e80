using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Chat;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

public sealed class ChatSocketTests
{
    [Fact]
    public async Task Fifty_members_hear_every_message_in_one_order_exactly_once()
    {
        await using var host = await ChatHost.StartAsync(new RoomLimits { MessageBurst = 100, RequestBurst = 100 });
        var members = new List<ChatClient>();
        for (var i = 0; i < 50; i++) members.Add(await host.JoinAsync());
        var speakers = members.Take(10).ToList();

        var hearing = members.Select(member => member.HearWordsAsync(200)).ToList();
        await Task.WhenAll(speakers.Select(async speaker =>
        {
            for (var n = 1; n <= 20; n++) await speaker.SayAsync(n, $"{speaker.Id}:{n}");
        }));
        var heard = await Task.WhenAll(hearing);

        Assert.All(heard, words => Assert.Equal(heard[0], words));
        foreach (var speaker in speakers)
        {
            Assert.Equal(
                Enumerable.Range(1, 20).Select(n => $"{speaker.Id}:{n}"), heard[0].Where(words => words.StartsWith($"{speaker.Id}:", StringComparison.Ordinal)));
        }

        Assert.Equal(50, host.Service.Status.Members);
        foreach (var member in members) await member.DisposeAsync();
    }

    [Theory] // CVE-2021-41867
    [InlineData("", null, HttpStatusCode.Unauthorized)]
    [InlineData("Basic b25pb25zaGFyZTp3cm9uZw==", null, HttpStatusCode.Unauthorized)]
    [InlineData(null, "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData(null, "http://127.0.0.1:1", HttpStatusCode.Forbidden)]
    [InlineData(null, "null", HttpStatusCode.Forbidden)]
    public async Task Without_the_password_or_from_another_site_there_is_no_upgrade_and_no_byte_of_the_room(
        string? authorization, string? origin, HttpStatusCode expected)
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{host.Host}/socket");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        request.Headers.TryAddWithoutValidation("Origin", origin ?? "http://" + host.Host);
        if (authorization is not "") request.Headers.TryAddWithoutValidation("Authorization", authorization ?? ChatHost.Basic);
        using var http = new HttpClient();

        using var answer = await http.SendAsync(request, Cancel);

        Assert.Equal(expected, answer.StatusCode);
        Assert.DoesNotContain("ada", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Theory] // CVE-2022-21695
    [InlineData("""{"type":"say","n":1,"text":"from nobody"}""")]
    [InlineData("""{"type":"rename","name":"eve"}""")]
    [InlineData("""{"type":"ping"}""")]
    public async Task Who_has_not_joined_can_do_nothing_and_hears_nothing(string message)
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var lurker = await ChatClient.ConnectAsync(host);
        await lurker.SendRawAsync(message);
        var answer = await lurker.HearAsync();
        Assert.Equal(("refused", RefusalCodes.NotJoined, "Join first."), ((string)answer["type"]!, (string)answer["code"]!, (string)answer["reason"]!));

        await ada.SayAsync(1, "are we alone?");
        await ada.HearAsync("said");
        await lurker.JoinAsync("lurker");
        Assert.Equal("joined", (string)(await lurker.HearAsync())["type"]!); // its own coming is the first thing it hears
        Assert.Equal("lurker", (string)(await ada.HearAsync())["name"]!);
    }

    [Theory] // GHSA-r78w
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"type":"join","name":5}""")]
    [InlineData("""{"type":"join","name":["ada"]}""")]
    [InlineData("""{"type":"join","name":{"a":1}}""")]
    [InlineData("""{"type":"join","name":"\ud800"}""")]
    [InlineData("""{"type":"join","seen":"1"}""")]
    [InlineData("""{"type":"join","seen":1.5}""")]
    [InlineData("""{"type":"join","admin":true}""")]
    [InlineData("""{"type":"join","name":"a","name":"b"}""")]
    [InlineData("""{"type":"join"} {"type":"join"}""")]
    [InlineData("""{"type":"Join"}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"name":"ada"}""")]
    [InlineData("""{"type":"welcome"}""")]
    public async Task What_is_malformed_is_refused_closed_and_never_joined(string message)
    {
        await using var host = await ChatHost.StartAsync();
        await using var client = await ChatClient.ConnectAsync(host);
        await client.SendRawAsync(message);
        var heard = await client.HearToTheEndAsync();
        var refused = Assert.Single(heard);
        Assert.Equal((RefusalCodes.Malformed, "That is not a message this room knows."), ((string)refused["code"]!, (string)refused["reason"]!));
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, client.Socket.CloseStatus);
        Assert.Equal(0, host.Service.Status.Members);
    }

    [Theory] // CVE-2022-21692
    [InlineData("""{"type":"say","n":1,"text":"x","name":"ada"}""")]
    [InlineData("""{"type":"say","n":1,"text":"x","id":1}""")]
    [InlineData("""{"type":"said","seq":9,"id":1,"name":"ada","text":"x","n":1}""")]
    [InlineData("""{"type":"left","seq":9,"id":1,"name":"ada"}""")]
    [InlineData("""{"type":"say","n":1}""")]
    [InlineData("""{"type":"say","n":1,"text":null}""")]
    [InlineData("""{"type":"say","n":1,"text":"\udc00"}""")]
    public async Task A_message_that_says_who_sends_it_is_not_passed_on_and_its_sender_is_out(string message)
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var eve = await host.JoinAsync("eve");
        await eve.SendRawAsync(message);
        Assert.Equal(RefusalCodes.Malformed, (string)(await eve.HearAsync("refused"))["code"]!);
        await eve.HearToTheEndAsync();
        var left = await ada.HearAsync("left");
        Assert.Equal("eve", (string)left["name"]!);
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Fact] // CVE-2022-21692, CVE-2022-21696
    public async Task The_sender_is_who_the_connection_is_under_the_name_the_room_knows()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var eve = await host.JoinAsync();
        foreach (var name in new[] { "ada", "аdа", "Ada", "a\u200Bda", "ada " })
        {
            await eve.SendAsync(new { type = "rename", name });
            Assert.Contains((string)(await eve.HearAsync("refused"))["code"]!, new[] { RefusalCodes.NameInUse, RefusalCodes.InvalidName });
        }

        await eve.SayAsync(1, "it is me, ada");
        var said = await ada.HearAsync("said");
        Assert.Equal((eve.Id, eve.Name), ((int)said["id"]!, (string)said["name"]!));
    }

    [Fact] // GHSA-9mxm
    public async Task What_was_checked_is_what_everybody_is_told()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var eve = await ChatClient.ConnectAsync(host);
        await eve.SendAsync(new { type = "join", name = " <b>\u202Eeve\u200B</b> " });
        Assert.Equal("<b>eve</b>", (string)(await eve.WelcomeAsync())["name"]!);
        await ada.HearAsync("joined");
        Assert.Equal("<b>eve</b>", (string)(await ada.HearAsync("joined"))["name"]!);
    }

    [Fact] // CVE-2022-21691
    public async Task Leaving_closes_the_connection_and_only_then_is_it_told()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var eve = await host.JoinAsync("eve");
        await eve.LeaveAsync();
        Assert.Equal("eve", (string)(await ada.HearAsync("left"))["name"]!);
        await ada.SayAsync(1, "is she gone?");
        await ada.HearAsync("said");

        Assert.DoesNotContain(await eve.HearToTheEndAsync(), message => (string)message["type"]! == "said");
        Assert.Equal(1, host.Service.Status.Members);
        await using var again = await ChatClient.ConnectAsync(host);
        await again.SendAsync(new { type = "join", token = eve.Token, seen = eve.Seen });
        Assert.Equal(RefusalCodes.SeatGone, (string)(await again.HearAsync())["code"]!);
    }

    [Fact]
    public async Task Who_loses_the_connection_is_away_and_comes_back_to_the_name_and_to_what_was_said()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var bob = await host.JoinAsync("bob");
        await ada.HearAsync("joined");
        await ada.HearAsync("joined");
        ada.Break();
        Assert.Equal("ada", (string)(await bob.HearAsync("away"))["name"]!);
        Assert.Equal(1, host.Service.Status.Members);
        for (var n = 1; n <= 5; n++) await bob.SayAsync(n, $"{n}");
        await bob.HearWordsAsync(5);

        await using var again = await ChatClient.ConnectAsync(host);
        await again.SendAsync(new { type = "join", token = ada.Token, seen = ada.Seen });
        var welcome = await again.WelcomeAsync();
        Assert.Equal((true, "ada", ada.Id), ((bool)welcome["caughtUp"]!, again.Name, again.Id));
        Assert.Equal(["1", "2", "3", "4", "5"], await again.HearWordsAsync(5));
        Assert.Equal("ada", (string)(await bob.HearAsync("back"))["name"]!);
        await again.SayAsync(1, "thank you");
        Assert.Equal(["thank you"], await bob.HearWordsAsync(1));
    }

    [Fact]
    public async Task Coming_back_over_a_second_connection_ends_the_first()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var again = await ChatClient.ConnectAsync(host);
        await again.SendAsync(new { type = "join", token = ada.Token, seen = ada.Seen });
        await again.WelcomeAsync();
        await Assert.ThrowsAsync<WebSocketException>(ada.HearToTheEndAsync);
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Fact]
    public async Task A_member_who_floods_is_first_told_then_put_out_and_the_others_go_on()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await using var eve = await host.JoinAsync("eve");
        for (var n = 1; n <= 200 && eve.Socket.State == WebSocketState.Open; n++)
        {
            await SendIfOpenAsync(eve, n);
            if (n > 100) await Task.Delay(1, Cancel); // she goes on after she was put out, and reads only then
        }

        var heard = await eve.HearToTheEndAsync();
        Assert.Contains(heard, message => (string?)message["code"] == RefusalCodes.TooFast && message["n"] is not null);
        Assert.Equal(WebSocketCloseStatus.PolicyViolation, eve.Socket.CloseStatus);
        var said = 0;
        while (await ada.HearAsync() is var message && (string)message["type"]! != "left") said += (string)message["type"]! == "said" ? 1 : 0;
        Assert.InRange(said, 10, 30);
        await ada.SayAsync(1, "calm");
        Assert.Equal(["calm"], await ada.HearWordsAsync(1));
    }

    [Fact]
    public async Task The_longest_message_passes_and_a_longer_one_does_not()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await ada.SayAsync(1, new string('"', 16 * 1024));
        Assert.Equal(16 * 1024, (await ada.HearWordsAsync(1))[0].Length);
        await ada.SayAsync(2, new string('x', (16 * 1024) + 1));
        var refused = await ada.HearAsync("refused");
        Assert.Equal((RefusalCodes.TooLong, 2L), ((string)refused["code"]!, (long)refused["n"]!));
        await ada.SendRawAsync(Encoding.UTF8.GetBytes(new string('x', 100_000)));
        Assert.Equal(RefusalCodes.TooLong, (string)(await ada.HearAsync("refused"))["code"]!);
        await ada.HearToTheEndAsync();
        Assert.Equal(WebSocketCloseStatus.MessageTooBig, ada.Socket.CloseStatus);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_refused()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        await ada.SendRawAsync([1, 2, 3], WebSocketMessageType.Binary);
        Assert.Equal("Only text messages are taken.", (string)(await ada.HearAsync("refused"))["reason"]!);
        await ada.HearToTheEndAsync();
        await using var bob = await host.JoinAsync("bob");
        await bob.SendRawAsync([.. "{\"type\":\"say\",\"n\":1,\"text\":\""u8, 0xFF, 0xC0, .. "\"}"u8]);
        await Assert.ThrowsAnyAsync<Exception>(() => bob.HearAsync("said"));
    }

    [Fact]
    public async Task A_reader_who_stands_still_is_dropped_and_the_others_are_not_slowed()
    {
        await using var host = await ChatHost.StartAsync(
            new RoomLimits { MessageBurst = 10_000, RequestBurst = 10_000, WaitingBytes = 256 * 1024 });
        await using var ada = await host.JoinAsync("ada");
        using var stalled = await StalledAsync(host);
        await ada.HearAsync("joined");
        await ada.HearAsync("joined");
        var words = new string('x', 16 * 1024);
        var isDropped = false;
        for (var n = 1; n <= 5000 && !isDropped; n++) // what the system buffers for a connection that is not read is large
        {
            await ada.SayAsync(n, words);
            for (var type = ""; type != "said"; isDropped |= type == "away") type = (string)(await ada.HearAsync())["type"]!;
        }

        Assert.True(isDropped || (string)(await ada.HearAsync())["type"]! == "away");
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Fact]
    public async Task Who_answers_no_ping_is_not_there_any_more_though_nobody_speaks()
    {
        await using var host = await ChatHost.StartAsync(new RoomLimits { Pulse = TimeSpan.FromSeconds(1), Silence = TimeSpan.FromSeconds(4) });
        await using var mute = await host.JoinAsync("mute"); // answers only while it reads
        await Until.TrueAsync(() => host.Service.Status.Members == 0);
        Assert.Equal(WebSocketState.Open, mute.Socket.State);
    }

    [Fact]
    public async Task Stopping_tells_the_room_and_closes_it_at_once_with_a_reader_that_stands_still_too()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        using var stalled = await StalledAsync(host);
        await using var lurker = await ChatClient.ConnectAsync(host);
        var stopping = host.StopAsync();
        var heard = await ada.HearToTheEndAsync();
        Assert.Equal("closed", (string)heard[^1]["type"]!);
        await ada.Socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Cancel);
        await stopping;
        Assert.Equal(ServiceState.Stopped, host.Service.Status.State);
        Assert.Null(host.Service.Status.Members);
    }

    [Fact]
    public async Task A_full_room_says_so()
    {
        await using var host = await ChatHost.StartAsync(new RoomLimits { Members = 1 });
        await using var ada = await host.JoinAsync();
        await using var bob = await ChatClient.ConnectAsync(host);
        await bob.SendAsync(new { type = "join" });
        Assert.Equal(RefusalCodes.Full, (string)(await bob.HearAsync())["code"]!);
    }

    [Fact]
    public async Task A_ping_is_answered_and_joining_twice_is_refused()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync();
        await ada.SendAsync(new { type = "ping" });
        await ada.HearAsync("pong");
        await ada.SendAsync(new { type = "join" });
        Assert.Equal(RefusalCodes.AlreadyJoined, (string)(await ada.HearAsync("refused"))["code"]!);
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Fact]
    public async Task A_request_without_an_upgrade_gets_a_page_that_says_no()
    {
        await using var host = await ChatHost.StartAsync();
        using var answer = await host.Http.GetAsync("/socket", Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static async Task SendIfOpenAsync(ChatClient client, int n)
    {
        try
        {
            await client.SayAsync(n, "flood");
        }
        catch (WebSocketException)
        {
            Assert.NotEqual(1, n); // the server has closed meanwhile
        }
    }

    /// <summary>A member by hand who joins and then never reads again.</summary>
    private static async Task<TcpClient> StalledAsync(ChatHost host)
    {
        var tcp = new TcpClient { ReceiveBufferSize = 4096 };
        await tcp.ConnectAsync("127.0.0.1", host.Service.Status.Port!.Value, Cancel);
        var stream = tcp.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"GET /socket HTTP/1.1\r\nHost: {host.Host}\r\nAuthorization: {ChatHost.Basic}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"),
            Cancel);
        var json = """{"type":"join","name":"stalled"}"""u8.ToArray();
        await stream.WriteAsync((byte[])[0x81, (byte)(0x80 | json.Length), 0, 0, 0, 0, .. json], Cancel); // masked with zeros (RFC 6455 §5.3)
        return tcp;
    }
}

using System.IO.Compression;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>What the fuzzers (tests/OnionShare.Fuzz) answered for which there was no word.</summary>
public sealed class FuzzedAnswerTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("[null]", ProblemCodes.RemoteNotFound)]
    [InlineData("""[{"path":null,"length":1,"url":"/a"}]""", ProblemCodes.RemoteNotFound)]
    [InlineData("""[{"path":"a","length":1,"offset":9223372036854775807}]""", ProblemCodes.RemoteNotUnderstood)]
    [InlineData("""[{"path":"a","length":1,"offset":-1}]""", ProblemCodes.RemoteNotUnderstood)]
    [InlineData("""[{"path":"a","length":9223372036854775807,"url":"/a"},{"path":"b","length":9223372036854775807,"url":"/b"}]""", ProblemCodes.NoSpace)]
    public async Task A_listing_that_can_t_be_has_a_word_for_it(string files, string code)
    {
        await using var server = await HostileServer.StartAsync(http =>
        {
            if (http.Request.Path != "/files.json")
            {
                http.Response.StatusCode = 404;
                return Task.CompletedTask;
            }

            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$"""{"schema":1,"mode":"website","files":{{files}}}""");
        });
        await using var client = new RemoteClient();
        Assert.Equal(code, (await client.FailAsync(client.Request(server.Url))).Code);
        Assert.Empty(client.Left);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("""{"type":"welcome","id":1,"name":"\ud800","since":0,"seq":1}""")]
    [InlineData("""{"type":"refused","code":"full","reason":"Full.","n":"1"}""")]
    public async Task A_room_that_says_what_can_t_be_read_has_a_word_for_it(string message)
    {
        await using var server = await HostileServer.StartAsync(async http =>
        {
            if (!http.WebSockets.IsWebSocketRequest)
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"schema":1,"mode":"chat","room":{"protocol":1,"socket":"/socket"}}""");
                return;
            }

            using var socket = await http.WebSockets.AcceptWebSocketAsync();
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(message), WebSocketMessageType.Text, true, Cancel);
            while (socket.State == WebSocketState.Open) await socket.ReceiveAsync(new byte[1000], Cancel);
        });
        await using var local = new LocalEngine();
        await using var events = local.Engine.Remote.ChatAsync(new ChatVisitRequest { Url = server.Url, LocalOnly = true }, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(ChatEventType.Failed, events.Current.Type);
        Assert.Contains(events.Current.Problem!.Code, new[] { ProblemCodes.RemoteNotUnderstood, ProblemCodes.RemoteRefused });
    }

    [Theory(Timeout = 60_000)]
    [InlineData("null", ProblemCodes.RemoteRefused)]
    [InlineData("""{"protocol":1}""", ProblemCodes.RemoteRefused)]
    [InlineData("""{"protocol":2,"socket":"/socket"}""", ProblemCodes.RemoteRefused)]
    [InlineData("""{"protocol":1,"socket":"//example.org/socket"}""", ProblemCodes.RemoteUnsafe)]
    [InlineData("""{"protocol":1,"socket":"ws://example.org/socket"}""", ProblemCodes.RemoteUnsafe)]
    public async Task A_room_that_is_somewhere_else_is_not_entered(string room, string code)
    {
        await using var server = await HostileServer.StartAsync(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$"""{"schema":1,"mode":"chat","room":{{room}}}""");
        });
        await using var local = new LocalEngine();
        await using var events = local.Engine.Remote.ChatAsync(new ChatVisitRequest { Url = server.Url, LocalOnly = true }, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await events.MoveNextAsync());
        Assert.Equal((ChatEventType.Failed, code), (events.Current.Type, events.Current.Problem!.Code));
        Assert.Equal(1, server.Requests);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"identity":"IDENTITY","download":"short","ranges":[null,[],[5],[0,1,2],[2,4]]}""")]
    public void A_damaged_journal_of_a_download_counts_for_what_can_be_read_of_it(string journal)
    {
        using var scratch = new Scratch();
        var target = scratch.At("file.bin");
        using (var first = PartFile.Open(target, "source", TimeProvider.System)) first.Write(0, new byte[10]);
        var identity = System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(target + ".part.json")).RootElement.GetProperty("identity").GetString();
        File.WriteAllText(target + ".part.json", journal.Replace("IDENTITY", identity, StringComparison.Ordinal));

        using var part = PartFile.Open(target, "source", TimeProvider.System);
        Assert.Equal(journal == "{}" ? 0 : 2, part.Count);
        Assert.Matches("^[0-9a-f]{32}$", part.Download);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("folder-and-file")]
    [InlineData("too-long")]
    public async Task An_archive_that_no_disk_can_hold_is_refused(string kind)
    {
        using var scratch = new Scratch();
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            if (kind == "too-long") zip.CreateEntry(string.Join('/', Enumerable.Repeat(new string('界', 80), 24)));
            else foreach (var name in new[] { "a", "a/" }) zip.CreateEntry(name);
        }

        stream.Position = 0;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => new ZipExpander(stream, scratch.Files, _ => true, 1000).RunAsync(Cancel));
        Assert.Equal(ProblemCodes.RemoteUnsafe, refused.Problem.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_deflated_entry_with_a_table_of_codes_that_can_t_be_is_damaged()
    {
        using var scratch = new Scratch();
        // A local header (APPNOTE 4.3.7) of «a», deflated, and a dynamic block (RFC 1951 §3.2.7).
        using var stream = new MemoryStream(Convert.FromHexString(
            "504B0304140000000800000000000000000003000000010000000100000061" + "A4E383AB330400504B0102A18B2E14031400000808" + "00B85B7D5DB7EFDC83030000"));
        var refused = await Assert.ThrowsAsync<ProblemException>(() => new ZipExpander(stream, scratch.Files, _ => true, 1000).RunAsync(Cancel));
        Assert.Equal(ProblemCodes.RemoteDamaged, refused.Problem.Code);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_s_name_with_a_noncharacter_is_taken_without_it()
    {
        using var scratch = new Scratch();
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true)) zip.CreateEntry("a\uFFFE.txt");
        stream.Position = 0;
        Assert.Equal("a.txt", Assert.Single(await new ZipExpander(stream, scratch.Files, _ => true, 1000).RunAsync(Cancel)).Relative);
    }

    [Theory]
    [InlineData("http://127.0.\uFFFD.1/")]
    [InlineData("http://a\u3002\uFFFD.onion/")]
    public void A_host_that_no_name_can_be_is_refused_as_an_address(string url) =>
        Assert.Equal(ProblemCodes.RemoteAddress, Assert.Throws<ProblemException>(() => ServiceAddress.Parse(new RemoteListRequest { Url = url })).Problem.Code);
}

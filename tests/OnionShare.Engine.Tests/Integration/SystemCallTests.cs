using System.Net.WebSockets;
using System.Text;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>
/// What the system is asked for by a service of each mode and by each client, on this computer: no connection but to the service that is visited, no
/// name looked up, no file but in the inbox or in the folder that was named. Rows «leaks», «traces», «connect, DNS or temp files in receive, website, chat».
/// </summary>
public sealed class SystemCallTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 180_000)]
    public async Task A_share_makes_no_file_and_connects_nowhere()
    {
        _scratch.File("folder/a.bin", 3_000_000);
        _scratch.File("folder/b.bin", 1000);
        await using var engine = TracedEngine.Start(_scratch, "share", _scratch.At("files/folder"), "--local-only");
        using var visitor = new Visitor(await engine.UrlAsync());
        await visitor.Client.GetStringAsync("/", Cancel);
        Assert.True((await visitor.DownloadAsync()).Length > 3_001_000);
        await engine.EndAsync();
        await engine.CheckAsync([]);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_website_makes_no_file_and_connects_nowhere()
    {
        _scratch.File("site/index.html", Encoding.UTF8.GetBytes("<h1>words " + new string('x', 5000)));
        _scratch.File("site/below/a.bin", 2_000_000);
        await using var engine = TracedEngine.Start(_scratch, "website", _scratch.At("files/site"), "--local-only");
        using var visitor = new Visitor(await engine.UrlAsync());
        foreach (var path in new[] { "/", "/below/" })
        {
            using var page = await visitor.GetAsync(path, ("Accept-Encoding", "gzip, br"));
            Assert.True(page.IsSuccessStatusCode);
            await page.Content.ReadAsByteArrayAsync(Cancel);
        }

        Assert.Equal(2_000_000, (await visitor.DownloadAsync("/below/a.bin")).Length);
        await engine.StopAsync();
        await engine.CheckAsync([]);
    }

    [Fact(Timeout = 180_000)]
    public async Task A_chat_makes_no_file_and_connects_nowhere()
    {
        await using var engine = TracedEngine.Start(_scratch, "chat", "--local-only");
        var url = await engine.UrlAsync();
        using var visitor = new Visitor(url);
        await visitor.Client.GetStringAsync("/", Cancel);
        using (var socket = new ClientWebSocket())
        {
            socket.Options.SetRequestHeader("Authorization", visitor.Client.DefaultRequestHeaders.Authorization!.ToString());
            socket.Options.SetRequestHeader("Origin", "http://" + visitor.Host);
            await socket.ConnectAsync(new Uri($"ws://{visitor.Host}/socket"), Cancel);
            await socket.SendAsync("{\"type\":\"join\"}"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
            var heard = await socket.ReceiveAsync(new byte[65536], Cancel).WaitAsync(EngineProcess.Limit, Cancel);
            Assert.Equal(WebSocketMessageType.Text, heard.MessageType);
            await socket.SendAsync("{\"type\":\"say\",\"n\":1,\"text\":\"words\"}"u8.ToArray(), WebSocketMessageType.Text, true, Cancel);
            await socket.ReceiveAsync(new byte[65536], Cancel).WaitAsync(EngineProcess.Limit, Cancel);
        }

        await engine.StopAsync();
        await engine.CheckAsync([]);
    }

    [Fact(Timeout = 180_000)]
    public async Task An_inbox_makes_files_in_its_folder_only_and_connects_nowhere()
    {
        var inbox = _scratch.At("inbox");
        await using var engine = TracedEngine.Start(_scratch, "receive", "--path", inbox, "--local-only", "--min-free-space", "0");
        using var visitor = new Visitor(await engine.UrlAsync());
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Scratch.Bytes(2_000_000)), "file[]", "a.bin" }, { new StringContent("words"), "text" } };
        using (var answer = await visitor.Client.PostAsync("/upload", form, Cancel)) Assert.True(answer.IsSuccessStatusCode);
        await engine.StopAsync();
        Assert.Equal(2, Directory.GetFiles(inbox, "*", SearchOption.AllDirectories).Length);
        await engine.CheckAsync([inbox]);
    }

    [Fact(Timeout = 180_000)]
    public async Task Clients_make_files_where_they_were_told_only_and_connect_to_the_service_only()
    {
        var file = _scratch.File("a.bin", 2_000_000);
        var inbox = _scratch.At("inbox");
        var target = _scratch.At("target");
        Directory.CreateDirectory(target);
        await using var share = EngineProcess.Start(_scratch, "share", file, "--local-only", "--keep-sharing");
        await using var receive = EngineProcess.Start(_scratch, "receive", "--path", inbox, "--local-only", "--min-free-space", "0");
        var (from, to) = (await share.UrlAsync(), await receive.UrlAsync());

        await using (var fetch = TracedEngine.Start(_scratch, "fetch", from, target, "--local-only"))
        {
            await fetch.EndAsync();
            Assert.Equal(await File.ReadAllBytesAsync(file, Cancel), await File.ReadAllBytesAsync(Path.Combine(target, "a.bin"), Cancel));
            await fetch.CheckAsync([target], new Uri(from).Port);
        }

        await using (var send = TracedEngine.Start(_scratch, "send", to, file, "--local-only"))
        {
            await send.EndAsync();
            Assert.Single(Directory.GetFiles(inbox, "a.bin", SearchOption.AllDirectories));
            await send.CheckAsync([], new Uri(to).Port);
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Who_chats_makes_no_file_and_connects_to_the_room_only()
    {
        await using var room = EngineProcess.Start(_scratch, "chat", "--local-only");
        var url = await room.UrlAsync();
        await using var member = TracedEngine.Start(_scratch, "chat", url, "--local-only");
        await member.TypeAsync("words");
        Assert.EndsWith(": words", await member.UrlAsync(), StringComparison.Ordinal);
        member.EndTyping();
        await member.EndAsync();
        await member.CheckAsync([], new Uri(url).Port);
    }
}

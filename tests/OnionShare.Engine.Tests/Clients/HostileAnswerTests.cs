using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>More of what a hostile server may do: changes, drips, loops, mazes, and archives that contradict themselves.</summary>
public sealed class HostileAnswerTests
{
    [Fact(Timeout = 60_000)]
    public async Task An_entity_tag_that_changes_with_each_answer_ends_the_download()
    {
        var bytes = Scratch.Bytes(1_000_000);
        await using var client = new RemoteClient();
        var answers = 0;
        await using var server = await HostileServer.ShareAsync("a.bin", bytes.Length, http =>
        {
            http.Response.Headers.ETag = $"\"{Interlocked.Increment(ref answers) + 1}\"";
            return HostileServer.Honest(bytes)(http);
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteDamaged, "changes what it offers");
        Assert.InRange(answers, 1, 40);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_has_changed_is_fetched_anew_from_its_start_and_never_mixed()
    {
        var (old, now) = (Scratch.Bytes(1_000_000), Scratch.Bytes(1_000_000));
        Array.Reverse(now);
        await using var client = new RemoteClient();
        var isNew = false;
        await using var server = await HostileServer.StartAsync(async http =>
        {
            var tag = isNew ? "\"new\"" : "\"old\"";
            if (http.Request.Path == "/files.json")
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync($$$"""{"schema":1,"mode":"share","download":{"url":"/download","name":"a.bin","type":"application/octet-stream","length":1000000,"etag":{{{System.Text.Json.JsonSerializer.Serialize(tag)}}}},"files":[]}""");
                return;
            }

            http.Response.Headers.ETag = tag;
            await HostileServer.Honest(isNew ? now : old)(http);
            isNew = true;
        });

        await client.FetchAsync(client.Request(server.Url) with { Connections = 1 });

        Assert.Equal(now, await File.ReadAllBytesAsync(Path.Combine(client.Folder, "a.bin"), Cancel));
        Assert.Equal(["a.bin"], client.Left);
    }

    [Fact(Timeout = 60_000)]
    public async Task Redirects_in_a_circle_are_given_up()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            http.Response.Headers.Location = $"/{Guid.NewGuid():N}";
            return Task.CompletedTask;
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteNotUnderstood, "without end");
        Assert.InRange(server.Requests, 2, 10);
    }

    [Fact(Timeout = 60_000)]
    public async Task Headers_that_drip_for_ever_are_given_up_when_patience_ends()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.bin", 1_000_000, http => Task.Delay(Timeout.Infinite, http.RequestAborted)
            .ContinueWith(static _ => { }, TaskScheduler.Default));
        var problem = await client.FailAsync(client.Request(server.Url) with { Patience = TimeSpan.FromSeconds(2) });
        Assert.Equal((ProblemCodes.RemoteUnreachable, true), (problem.Code, problem.Detail.Contains("does not answer", StringComparison.Ordinal)));
        Assert.Empty(client.Left);
    }

    [Fact(Timeout = 60_000)]
    public async Task Headers_without_end_are_cut()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var serving = ServeHeadersAsync(listener, ending.Token);
        await using var client = new RemoteClient();

        var problem = await client.FailAsync(client.Request($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"));

        Assert.Equal(ProblemCodes.RemoteUnreachable, problem.Code);
        Assert.Empty(client.Left);
        await ending.CancelAsync();
        listener.Stop();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_maze_of_pages_is_left_after_a_while_and_said_so()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.StatusCode = 404;
                return Task.CompletedTask;
            }

            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync($"<a href=\"/{Guid.NewGuid():N}/\">on</a><a href=\"/{Guid.NewGuid():N}/\">on</a>");
        });

        var listing = await client.Local.Engine.Remote.ListAsync(new RemoteListRequest { Url = server.Url, LocalOnly = true }, Cancel);

        Assert.True(listing.IsCut);
        Assert.InRange(server.Requests, 100, 3_000);
    }

    [Fact(Timeout = 60_000)]
    public async Task Links_to_other_hosts_are_no_files_of_the_service()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.StatusCode = 404;
                return Task.CompletedTask;
            }

            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<a href=\"http://example.org/a.txt\">a</a><a href=\"//example.org/b.txt\">b</a><a href=\"file:///etc/passwd\">c</a><a href=\"javascript:x.txt\">d</a><a href=\"/own.txt\">e</a>");
        });

        var listing = await client.Local.Engine.Remote.ListAsync(new RemoteListRequest { Url = server.Url, LocalOnly = true }, Cancel);

        Assert.Equal(["own.txt"], listing.Files.Select(file => file.Path));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("http://127.0.0.1:9/download")]
    [InlineData("//example.org/download")]
    [InlineData("download")]
    public async Task An_index_that_leads_to_another_host_is_refused(string url)
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$$"""{"schema":1,"mode":"share","download":{"url":"{{{url}}}","name":"a.bin","type":"application/octet-stream","length":5,"etag":"\"1\""},"files":[]}""");
        });
        await RefusedAsync(client, client.Request(server.Url), ProblemCodes.RemoteUnsafe, "not its own");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_path_of_too_many_folders_is_refused_in_listings_and_in_archives()
    {
        var deep = string.Concat(Enumerable.Repeat("d/", 100)) + "x.txt";
        await using var client = new RemoteClient();
        await using (var server = await HostileServer.ShareAsync(
            "a.bin", 5, HostileServer.Honest("12345"u8.ToArray()), files: $$"""[{"path":"{{deep}}","length":5,"url":"/download"},{"path":"b","length":5,"url":"/download"}]"""))
        {
            await RefusedAsync(client, client.Request(server.Url) with { Include = ["*"] }, ProblemCodes.RemoteUnsafe, "101 parts");
        }

        var archive = Zip((deep, "deep"u8.ToArray()));
        await using var zipped = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(zipped.Url) with { Expand = true }, ProblemCodes.RemoteUnsafe, "101 parts");
    }

    [Fact(Timeout = 60_000)]
    public async Task Names_that_a_spreadsheet_or_a_shell_would_run_are_files_of_just_that_name()
    {
        string[] traps = ["=1+1.csv", "-rf", "$(id).txt", "@SUM(A1).csv", "; rm x"];
        var archive = Zip([.. traps.Select(name => ("in/" + name, "text"u8.ToArray()))]);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        var files = await client.FetchAsync(client.Request(server.Url) with { Expand = true });
        Assert.Equal(traps.Order(StringComparer.Ordinal), files.Select(file => Path.GetFileName(file.Path)).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_whose_directory_names_other_files_is_refused()
    {
        var archive = Zip(("good.txt", "good"u8.ToArray()));
        var name = Encoding.ASCII.GetBytes("good.txt");
        var at = archive.AsSpan().LastIndexOf(name);
        Encoding.ASCII.GetBytes("evil.exe").CopyTo(archive, at);
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true }, ProblemCodes.RemoteUnsafe, "other files");
    }

    [Fact(Timeout = 60_000)]
    public async Task An_archive_that_ends_too_early_is_told()
    {
        var archive = Zip(("good.txt", Scratch.Bytes(5000)))[..3000];
        await using var client = new RemoteClient();
        await using var server = await HostileServer.ShareAsync("a.zip", archive.Length, HostileServer.Honest(archive));
        await RefusedAsync(client, client.Request(server.Url) with { Expand = true }, ProblemCodes.RemoteDamaged, "ends too early");
    }

    [Fact(Timeout = 60_000)]
    public async Task Words_of_a_server_can_not_steer_a_terminal()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.ContentType = "application/json";
                return http.Response.WriteAsync("""{"schema":1,"mode":"receive","inbox":{"files":true,"text":true}}""");
            }

            http.Response.StatusCode = 403;
            http.Response.ContentType = "text/plain";
            return http.Response.WriteAsync("\u001b]0;title\u0007\u001b[2Jno\u202E");
        });

        var events = await client.SendAsync(new SendRequest { Url = server.Url, Paths = [client.Local.Scratch.File("a.bin", 10)] });

        var problem = Assert.IsType<ClientFailed>(events[^1]).Problem;
        Assert.Equal(ProblemCodes.RemoteRefused, problem.Code);
        Assert.DoesNotContain(problem.ToString(), character => char.IsControl(character) || character == '\u202E');
    }

    private static async Task ServeHeadersAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        var line = Encoding.ASCII.GetBytes($"X-More: {new string('x', 1000)}\r\n");
        while (!cancellationToken.IsCancellationRequested)
        {
            using var visitor = await listener.AcceptTcpClientAsync(cancellationToken);
            try
            {
                var stream = visitor.GetStream();
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), cancellationToken);
                for (var lines = 0; lines < 10_000; lines++) await stream.WriteAsync(line, cancellationToken);
            }
            catch (IOException)
            {
                // The visitor has had enough.
            }
        }
    }

    private static async Task RefusedAsync(RemoteClient client, FetchRequest request, string code, string words)
    {
        var problem = await client.FailAsync(request);
        Assert.Equal((code, true), (problem.Code, problem.Detail.Contains(words, StringComparison.Ordinal)));
        Assert.Empty(client.Left);
    }

    private static byte[] Zip(params (string Name, byte[] Bytes)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, bytes) in entries)
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(bytes);
            }
        }

        return memory.ToArray();
    }
}

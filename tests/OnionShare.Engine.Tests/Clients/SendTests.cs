using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Files and messages sent to this program's own receive services.</summary>
public sealed class SendTests
{
    [Fact(Timeout = 120_000)]
    public async Task Files_a_folder_and_a_message_arrive_in_one_submission()
    {
        await using var client = new RemoteClient();
        var scratch = client.Local.Scratch;
        var large = Scratch.Bytes(20_000_000);
        scratch.File("folder/x.txt", "x"u8.ToArray());
        var service = await ReceiveAsync(client, new ReceiveRequest { Path = scratch.At("inbox"), MinFreeSpace = 0 });

        var events = await client.SendAsync(new SendRequest
        {
            Url = service.Status.Url!,
            Paths = [scratch.File("large.bin", large), scratch.File("ö.txt", "words"u8.ToArray()), scratch.File("empty", []), Path.Combine(scratch.Files, "folder")],
            Message = "hello\nthere",
        });

        Assert.True(events[^1] is ClientDone, events[^1].ToString());
        Assert.Equal(["large.bin", "ö.txt", "empty", "folder.zip", "message"], events.OfType<FileSent>().Select(sent => sent.Name));
        Assert.All(events.OfType<FileSent>(), sent => Assert.Equal((true, null), (sent.IsVerified, sent.Sha256)));
        var arrived = Assert.Single(service.Context.Transfers.Snapshot(), transfer => transfer.State == TransferState.Completed);
        Assert.Equal(5, arrived.Paths.Count);
        Assert.Equal(large, await File.ReadAllBytesAsync(arrived.Paths.Single(path => path.EndsWith("large.bin", StringComparison.Ordinal)), Cancel));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_receipt_is_compared_with_what_was_sent_and_given()
    {
        await using var client = new RemoteClient();
        var scratch = client.Local.Scratch;
        var large = Scratch.Bytes(20_000_000);
        var service = await ReceiveAsync(client, new ReceiveRequest { Path = scratch.At("inbox"), MinFreeSpace = 0, Receipt = true });
        var events = await client.SendAsync(new SendRequest { Url = service.Status.Url!, Paths = [scratch.File("large.bin", large), scratch.File("empty", [])] });
        Assert.True(events[^1] is ClientDone, events[^1].ToString());
        Assert.Equal([Convert.ToHexStringLower(SHA256.HashData(large)), Convert.ToHexStringLower(SHA256.HashData([]))], events.OfType<FileSent>().Select(sent => sent.Sha256));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_receipt_for_something_else_is_told()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"schema":1,"mode":"receive","inbox":{"files":true,"text":true,"resumable":"tus-1.0.0"}}""", Cancel);
                return;
            }

            if (http.Request.Method == "PATCH")
            {
                await http.Request.Body.CopyToAsync(Stream.Null, Cancel);
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                http.Response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(SHA256.HashData("other"u8))}:";
                return;
            }

            var isEnd = http.Request.Path == "/submissions/1";
            http.Response.StatusCode = isEnd ? StatusCodes.Status200OK : StatusCodes.Status201Created;
            http.Response.Headers.Location = http.Request.Path == "/files" ? "/files/1/0" : "/submissions/1";
        });
        var events = await client.SendAsync(new SendRequest { Url = server.Url, Paths = [client.Local.Scratch.File("a.bin", 10)] });
        var problem = Assert.IsType<ClientFailed>(events[^1]).Problem;
        Assert.Equal((ProblemCodes.RemoteDamaged, true), (problem.Code, problem.Detail.Contains("a.bin", StringComparison.Ordinal)));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("files", "takes messages only")]
    [InlineData("text", "takes files only")]
    [InlineData("size", "takes files up to 1.0 KiB")]
    [InlineData("count", "takes one file at once")]
    [InlineData("characters", "takes messages of 524,288 characters")]
    public async Task What_is_not_taken_is_told_before_it_is_sent(string limit, string words)
    {
        await using var client = new RemoteClient();
        var service = await ReceiveAsync(client, new ReceiveRequest
        {
            Path = client.Local.Scratch.At("inbox"),
            NoFiles = limit == "files",
            NoText = limit == "text",
            MaxFileSize = limit == "size" ? 1024 : null,
            MaxFiles = limit == "count" ? 1 : 1000,
            MinFreeSpace = 0,
        });

        var events = await client.SendAsync(new SendRequest
        {
            Url = service.Status.Url!,
            Paths = [client.Local.Scratch.File("a.bin", 5000), .. limit == "count" ? new[] { client.Local.Scratch.File("b.bin", 1) } : []],
            Message = limit switch { "text" => "hello", "characters" => new string('x', 524_289), _ => null },
        });

        var problem = Assert.IsType<ClientFailed>(events[^1]).Problem;
        Assert.Equal((ProblemCodes.RemoteRefused, true), (problem.Code, problem.Detail.Contains(words, StringComparison.Ordinal)));
        Assert.Empty(service.Context.Transfers.Snapshot());
    }

    [Fact(Timeout = 60_000)]
    public async Task The_largest_file_limits_no_message_and_a_line_break_counts_once()
    {
        await using var client = new RemoteClient();
        var service = await ReceiveAsync(client, new ReceiveRequest { Path = client.Local.Scratch.At("inbox"), MaxFileSize = 1024, MinFreeSpace = 0 });
        var events = await client.SendAsync(new SendRequest { Url = service.Status.Url!, Message = string.Concat(Enumerable.Repeat("\r\n", 524_288)) });
        Assert.True(events[^1] is ClientDone, events[^1].ToString());
    }

    // Each file counts as 4 KiB at least, so that the third has no room; before that the empty ones are whole.
    [Theory(Timeout = 60_000)]
    [InlineData(0)]
    [InlineData(5)]
    public async Task What_is_refused_later_is_taken_back_and_takes_no_room(int length)
    {
        await using var client = new RemoteClient();
        var scratch = client.Local.Scratch;
        var service = await ReceiveAsync(client, new ReceiveRequest { Path = scratch.At("inbox"), MaxTotalSize = 10_240, MinFreeSpace = 0 });
        string[] paths = [.. Enumerable.Range(0, 3).Select(i => scratch.File($"{i}.bin", length))];

        var events = await client.SendAsync(new SendRequest { Url = service.Status.Url!, Paths = paths });

        var problem = Assert.IsType<ClientFailed>(events[^1]).Problem;
        Assert.Equal(ProblemCodes.RemoteRefused, problem.Code);
        Assert.EndsWith("It keeps nothing of what was sent.", problem.Detail, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(scratch.At("inbox"), "*", SearchOption.AllDirectories));
        Assert.DoesNotContain(service.Context.Transfers.Snapshot(), transfer => transfer.State == TransferState.Active);
        events = await client.SendAsync(new SendRequest { Url = service.Status.Url!, Paths = paths[..2] });
        Assert.True(events[^1] is ClientDone, events[^1].ToString());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_service_that_does_not_take_back_what_it_refused_may_keep_it_and_that_is_told()
    {
        await using var client = new RemoteClient();
        var withdrawn = 0;
        await using var server = await HostileServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/files.json")
            {
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("""{"schema":1,"mode":"receive","inbox":{"files":true,"text":true,"resumable":"tus-1.0.0"}}""", Cancel);
                return;
            }

            if (http.Request.Method == "DELETE" && http.Request.Path == "/submissions/1") withdrawn++;
            await http.Request.Body.CopyToAsync(Stream.Null, Cancel);
            http.Response.StatusCode = http.Request.Method switch
            {
                "PATCH" => http.Request.Path == "/files/1/2" ? StatusCodes.Status413PayloadTooLarge : StatusCodes.Status204NoContent,
                "DELETE" => StatusCodes.Status405MethodNotAllowed,
                _ => StatusCodes.Status201Created,
            };
            http.Response.Headers.Location = http.Request.Path == "/files" ? $"/files/1/{http.Request.Headers["Upload-Length"]}" : "/submissions/1";
        });
        var scratch = client.Local.Scratch;
        var events = await client.SendAsync(new SendRequest { Url = server.Url, Paths = [scratch.File("a.bin", 1), scratch.File("b.bin", 2)], Connections = 1 });
        Assert.EndsWith("It may keep what had arrived by then: 1 of 2 whole.", Assert.IsType<ClientFailed>(events[^1]).Problem.Detail, StringComparison.Ordinal);
        Assert.Equal(1, withdrawn);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_share_takes_nothing_and_says_so()
    {
        await using var client = new RemoteClient();
        var file = client.Local.Scratch.File("a.bin", 10);
        var service = await client.Local.ShareAsync(file);
        var events = await client.SendAsync(new SendRequest { Url = service.Status.Url!, Paths = [file] });
        Assert.Contains("takes no files", Assert.IsType<ClientFailed>(events[^1]).Problem.Detail, StringComparison.Ordinal);
    }

    private static async Task<Service> ReceiveAsync(RemoteClient client, ReceiveRequest request)
    {
        var service = await client.Local.Engine.Services.StartAsync(request with { LocalOnly = true }, Cancel);
        await client.Local.SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Running or ServiceState.Failed });
        Assert.Equal(ServiceState.Running, service.Status.State);
        return service;
    }
}

using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>A receive service that is a stranger, too: nothing is sent elsewhere for it, and nobody waits for it for ever.</summary>
public sealed class HostileInboxTests
{
    [Theory(Timeout = 60_000)]
    [InlineData("http://example.org/submissions/1")]
    [InlineData("//example.org/submissions/1")]
    [InlineData("")]
    public async Task A_place_to_send_to_on_another_host_is_refused(string place)
    {
        await using var client = new RemoteClient();
        await using var server = await InboxAsync(http =>
        {
            http.Response.StatusCode = 201;
            http.Response.Headers.Location = place;
            return Task.CompletedTask;
        });

        var problem = await FailAsync(client, server, TimeSpan.FromSeconds(30));

        Assert.Contains(problem.Code, new[] { ProblemCodes.RemoteNotUnderstood, ProblemCodes.RemoteUnsafe });
    }

    [Theory(Timeout = 60_000)]
    [InlineData(460)]
    [InlineData(409)]
    public async Task What_arrives_damaged_again_and_again_is_given_up(int status)
    {
        await using var client = new RemoteClient();
        var pieces = 0;
        await using var server = await InboxAsync(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            if (!HttpMethods.IsPatch(http.Request.Method))
            {
                Take(http);
                return;
            }

            pieces++;
            http.Response.StatusCode = status;
        });

        var problem = await FailAsync(client, server, TimeSpan.FromMinutes(5));

        Assert.Equal((ProblemCodes.RemoteNotUnderstood, true), (problem.Code, problem.Detail.Contains("again and again", StringComparison.Ordinal)));
        Assert.InRange(pieces, 2, 20);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_inbox_that_says_it_has_more_than_was_sent_is_refused()
    {
        const int length = 10 << 20; // more than one piece
        await using var client = new RemoteClient();
        await using var server = await InboxAsync(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            Take(http);
            http.Response.Headers["Upload-Offset"] = $"{length}";
            if (HttpMethods.IsPatch(http.Request.Method)) http.Response.StatusCode = 409;
        });

        var problem = await FailAsync(client, server, TimeSpan.FromSeconds(30), length);

        Assert.Equal((ProblemCodes.RemoteNotUnderstood, true), (problem.Code, problem.Detail.Contains("more than was sent", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_piece_that_is_never_answered_is_given_up_when_patience_ends()
    {
        await using var client = new RemoteClient();
        await using var server = await InboxAsync(http =>
        {
            if (HttpMethods.IsPatch(http.Request.Method)) return SilenceAsync(http);
            Take(http);
            return Task.CompletedTask;
        });

        var problem = await FailAsync(client, server, TimeSpan.FromSeconds(1));

        Assert.Equal((ProblemCodes.RemoteUnreachable, true), (problem.Code, problem.Detail.Contains("does not answer", StringComparison.Ordinal)));
    }

    [Fact(Timeout = 60_000)]
    public async Task A_form_that_is_never_answered_is_given_up_when_patience_ends()
    {
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            if (HttpMethods.IsPost(http.Request.Method)) return SilenceAsync(http);
            http.Response.StatusCode = http.Request.Path == "/files.json" ? 404 : 200;
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("<form action=\"/upload\"><input name=\"file[]\"></form>");
        });

        var problem = await FailAsync(client, server, TimeSpan.FromSeconds(1));

        Assert.Equal((ProblemCodes.RemoteUnreachable, true), (problem.Code, problem.Detail.Contains("nothing was taken any more", StringComparison.Ordinal)));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("HEAD", FileProof.Length)]
    [InlineData("POST", FileProof.Sha256)]
    public async Task A_file_that_has_arrived_waits_for_no_answer_that_does_not_come(string silent, FileProof proof)
    {
        var bytes = Scratch.Bytes(100_000);
        var hash = silent == "POST" ? $",\"sha256\":\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"" : "";
        await using var client = new RemoteClient();
        await using var server = await HostileServer.StartAsync(http =>
        {
            if (http.Request.Method == silent) return SilenceAsync(http);
            if (http.Request.Path == "/download") return HostileServer.Honest(bytes)(http);
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$$"""{"schema":1,"mode":"share","download":{"url":"/download","name":"a.bin","type":"application/octet-stream","length":100000,"etag":"\"1\"","receipt":"/receipt"{{{hash}}}},"files":[]}""");
        });

        var file = Assert.Single(await client.FetchAsync(client.Request(server.Url) with { Patience = TimeSpan.FromSeconds(2) }));

        Assert.Equal(proof, file.Proof);
        Assert.Equal(["a.bin"], client.Left);
    }

    // One that takes files piece by piece, as this program's do.
    private static Task<HostileServer> InboxAsync(RequestDelegate answer) => HostileServer.StartAsync(http =>
    {
        if (http.Request.Path != "/files.json") return answer(http);
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"schema":1,"mode":"receive","inbox":{"files":true,"text":true,"resumable":"tus-1.0.0"}}""");
    });

    private static void Take(HttpContext http)
    {
        http.Response.StatusCode = HttpMethods.IsHead(http.Request.Method) ? 200 : 201;
        http.Response.Headers.Location = "/files/1";
        http.Response.Headers["Upload-Offset"] = "0";
    }

    private static Task SilenceAsync(HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(static _ => { }, TaskScheduler.Default);

    private static async Task<Problem> FailAsync(RemoteClient client, HostileServer server, TimeSpan patience, int length = 1000)
    {
        var events = await client.SendAsync(new SendRequest { Url = server.Url, Paths = [client.Local.Scratch.File("a.bin", length)], Patience = patience });
        return Assert.IsType<ClientFailed>(events[^1]).Problem;
    }
}

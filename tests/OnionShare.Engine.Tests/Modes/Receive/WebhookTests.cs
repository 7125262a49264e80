using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Receive;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Tor.Circumvention;
using OnionShare.Engine.Tests.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class WebhookTests
{
    private static readonly TimeSpan Limit = Until.Limit;

    [Fact]
    public async Task Each_submission_is_told_with_counts_and_names_and_nothing_of_what_is_in_it()
    {
        var told = Channel.CreateUnbounded<string>();
        await using var hook = await LoopbackServer.StartAsync(async context =>
            await told.Writer.WriteAsync(await new StreamReader(context.Request.Body).ReadToEndAsync()));
        await using var inbox = await Inboxed.StartAsync(request => request with { WebhookUrl = $"http://{hook.Host}/hook" });
        await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "secret one"), ("file[]", "b.txt", "secret two"), ("text", null, "secret three")));

        var body = await told.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Limit, Cancel);
        using var json = JsonDocument.Parse(body);
        Assert.Equal(2, json.RootElement.GetProperty("files").GetInt32());
        Assert.True(json.RootElement.GetProperty("message").GetBoolean());
        Assert.StartsWith("2 files and a message submitted to", json.RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(["a.txt", "b.txt"], json.RootElement.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.DoesNotContain("secret", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_that_fails_is_called_again_and_holds_nobody_up()
    {
        var calls = 0;
        var told = new TaskCompletionSource();
        await using var hook = await LoopbackServer.StartAsync(context =>
        {
            if (Interlocked.Increment(ref calls) == 1) context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            else told.TrySetResult();
            return Task.CompletedTask;
        });
        await using var inbox = await Inboxed.StartAsync(request => request with { WebhookUrl = $"http://{hook.Host}/hook" });
        Assert.True((await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x")))).IsSuccessStatusCode);
        await told.Task.WaitAsync(Limit, Cancel);
        Assert.Equal(2, calls);
    }

    // Row «webhook around tor».
    [Fact(Timeout = 120_000)]
    public async Task Every_byte_goes_through_tor_which_resolves_the_name_and_no_redirect_is_followed()
    {
        var calls = Channel.CreateUnbounded<string>();
        await using var hook = await LoopbackServer.StartAsync(async context =>
        {
            await calls.Writer.WriteAsync($"{context.Request.Method} {context.Request.Host}{context.Request.Path}");
            if (calls.Reader.Count == 1) context.Response.Redirect("http://elsewhere.example/caught");
        });
        await using var socks = new ProxyStandIn(hook.Client.BaseAddress!.Port) { WantsPassword = true }; // tor takes a password where one is offered
        await using (var webhook = Create(() => $"127.0.0.1:{socks.Port}"))
        {
            webhook.Tell(new Receipt(["a.txt"], false, 1));
            await Until.TrueAsync(() => calls.Reader.Count == 2); // the redirect is no success, so it is called again
        }

        Assert.Equal(["POST hook.example/told", "POST hook.example/told"], await calls.Reader.ReadAllAsync(Cancel).Take(2).ToListAsync(Cancel));
        Assert.Equal("hook.example:80", Assert.Single(socks.Asked.Distinct()));
        Assert.Equal("onionshare-webhook:the id", Assert.Single(socks.Credentials.Distinct()));
    }

    [Fact(Timeout = 120_000)]
    public async Task While_there_is_no_tor_nothing_is_sent()
    {
        var asked = new TaskCompletionSource();
        var isCreated = false;
        await using var webhook = Create(() =>
        {
            if (isCreated) asked.TrySetResult();
            return null;
        });
        isCreated = true;
        webhook.Tell(new Receipt(["a.txt"], false, 1));
        await asked.Task.WaitAsync(Limit, Cancel);
    }

    [Theory]
    [InlineData("ftp://example.org/", true, "no http or https address")]
    [InlineData("example.org", true, "no http or https address")]
    [InlineData("http://example.org/", true, "connect past tor")]
    [InlineData("http://localhost/", true, "connect past tor")]
    [InlineData("http://127.0.0.1:1/", false, "this computer's own")]
    [InlineData("http://localhost/", false, "this computer's own")]
    public async Task A_webhook_that_could_only_be_reached_past_tor_is_refused(string address, bool localOnly, string message)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() =>
            Inboxed.StartAsync(request => request with { WebhookUrl = address, LocalOnly = localOnly }));
        Assert.Equal(ProblemCodes.InvalidRequest, refused.Problem.Code);
        Assert.Contains(message, refused.Problem.Detail, StringComparison.Ordinal);
        Assert.NotNull(refused.Problem.Advice);
    }

    private static Webhook Create(Func<string?> socks)
    {
        var time = TimeProvider.System;
        var service = new ServiceContext("the id", "name", "title", null, 20, new EventHub(time), time);
        return Webhook.Create(new ReceiveRequest { Path = "/nowhere", WebhookUrl = "http://hook.example/told" }, socks, service);
    }
}

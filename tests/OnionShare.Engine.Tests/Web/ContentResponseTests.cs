using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Files;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class ContentResponseTests
{
    private const string Date = "Mon, 06 May 2024 07:08:09 GMT";
    private const string Earlier = "Mon, 06 May 2024 07:08:08 GMT";
    private const string Later = "Mon, 06 May 2024 07:08:10 GMT";

    [Fact]
    public async Task A_whole_download_has_exact_length_and_validators()
    {
        var content = new MemoryContent(300_000);
        await using var site = await Site.StartAsync(content);

        using var response = await site.Server.GetAsync();

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(300_000, response.Content.Headers.ContentLength);
        Assert.Equal("\"v1\"", response.Headers.ETag!.Tag);
        Assert.Equal(Date, response.Content.Headers.GetValues("Last-Modified").Single());
        Assert.Equal("bytes", response.Headers.AcceptRanges.Single());
        Assert.Equal("attachment; filename=\"report.txt\"", response.Content.Headers.GetValues("Content-Disposition").Single());
        Assert.Equal("no-store", response.Headers.CacheControl!.ToString());
        Assert.Equal(content.Slice(0, 300_000), await LoopbackServer.BytesAsync(response));
        Assert.Equal(new ContentSent(200, 0, 300_000, true), await site.NextSentAsync());
        Assert.Equal(["begin 0+300000 of 300000", "completed"], site.Observer.WithoutProgress());
        Assert.Equal(300_000, site.Observer.LastProgress);
        Assert.Equal(1, content.Closed);
    }

    [Fact]
    public async Task What_is_cut_before_its_first_byte_is_cut_and_no_error()
    {
        var lifetime = new Lifetime();
        var http = new DefaultHttpContext { Request = { Method = "GET" } };
        http.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        var content = new MemoryContent();
        Assert.Equal(new ContentSent(200, 0, 0, false), await new ContentResponse(content).SendAsync(http, new CancellationToken(true)));
        Assert.True(lifetime.IsCut);
        Assert.Equal(1, content.Closed);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsCut { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsCut = true;
    }

    [Theory]
    [InlineData("bytes=0-99", 0, 100)]
    [InlineData("bytes=100000-299998", 100_000, 199_999)]
    [InlineData("bytes=-70000", 230_000, 70_000)]
    [InlineData("bytes=0-9, 10-19, 15-", 0, 300_000)]
    public async Task A_range_is_sent_as_206(string range, long start, int count)
    {
        var content = new MemoryContent(300_000);
        await using var site = await Site.StartAsync(content);

        using var response = await site.Server.GetAsync(("Range", range));

        Assert.Equal(HttpStatusCode.PartialContent, response.StatusCode);
        Assert.Equal($"bytes {start}-{start + count - 1}/300000", response.Content.Headers.GetValues("Content-Range").Single());
        Assert.Equal(count, response.Content.Headers.ContentLength);
        Assert.Equal(content.Slice(start, count), await LoopbackServer.BytesAsync(response));
        Assert.Equal(new ContentSent(206, start, count, true), await site.NextSentAsync());
        Assert.Equal($"begin {start}+{count} of 300000", site.Observer.WithoutProgress()[0]);
    }

    [Theory]
    [InlineData("bytes=1000-")]
    [InlineData("bytes=-0")]
    [InlineData("bytes=99999999999999999999-")]
    public async Task A_range_beyond_the_end_gets_416_and_the_length(string range)
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.GetAsync(("Range", range));
        Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, response.StatusCode);
        Assert.Equal("bytes */1000", response.Content.Headers.GetValues("Content-Range").Single());
        Assert.Empty(await LoopbackServer.BytesAsync(response));
        Assert.Equal(new ContentSent(416, 0, 0, false), await site.NextSentAsync());
        Assert.Empty(site.Observer.WithoutProgress());
    }

    [Theory]
    [InlineData("bytes=0-1,5-6")]
    [InlineData("bytes=7-3")]
    [InlineData("lines=1-2")]
    public async Task A_range_that_is_not_served_gets_the_whole(string range)
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.GetAsync(("Range", range));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1000, (await LoopbackServer.BytesAsync(response)).Length);
    }

    [Fact]
    public async Task Two_Range_headers_are_ignored()
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        var answer = await site.Server.SendRawAsync($"GET / HTTP/1.1\r\nHost: {site.Server.Host}\r\nConnection: close\r\nRange: bytes=0-1\r\nRange: bytes=0-1\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task HEAD_tells_all_and_opens_nothing_and_ignores_Range()
    {
        var content = new MemoryContent();
        await using var site = await Site.StartAsync(content);
        using var response = await site.Server.SendAsync(HttpMethod.Head, "/", ("Range", "bytes=0-1"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(1000, response.Content.Headers.ContentLength);
        Assert.Equal("\"v1\"", response.Headers.ETag!.Tag);
        Assert.Equal(0, content.Opened);
        Assert.Equal(new ContentSent(200, 0, 0, false), await site.NextSentAsync());
        Assert.Empty(site.Observer.WithoutProgress());
    }

    [Theory]
    [InlineData("If-Match", "\"v1\"", 200)]
    [InlineData("If-Match", "*", 200)]
    [InlineData("If-Match", "\"v0\", \"v1\"", 200)]
    [InlineData("If-Match", "\"v0\"", 412)]
    [InlineData("If-Match", "W/\"v1\"", 412)]
    [InlineData("If-Match", "garbage", 412)]
    [InlineData("If-Unmodified-Since", Date, 200)]
    [InlineData("If-Unmodified-Since", Earlier, 412)]
    [InlineData("If-Unmodified-Since", "garbage", 200)]
    [InlineData("If-None-Match", "\"v1\"", 304)]
    [InlineData("If-None-Match", "W/\"v1\"", 304)]
    [InlineData("If-None-Match", "*", 304)]
    [InlineData("If-None-Match", "\"v0\",\"v1\"", 304)]
    [InlineData("If-None-Match", "\"v0\"", 200)]
    [InlineData("If-None-Match", "garbage", 200)]
    [InlineData("If-Modified-Since", Date, 304)]
    [InlineData("If-Modified-Since", Later, 304)]
    [InlineData("If-Modified-Since", Earlier, 200)]
    [InlineData("If-Modified-Since", "garbage", 200)]
    public async Task A_condition_decides(string name, string value, int status)
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.GetAsync((name, value));
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("\"v1\"", response.Headers.ETag!.Tag);
        Assert.Equal(status == 200 ? 1000 : 0, (await LoopbackServer.BytesAsync(response)).Length);
    }

    [Theory]
    [InlineData("If-Match", "\"v1\"", "If-Unmodified-Since", Earlier, 200)]
    [InlineData("If-None-Match", "\"v0\"", "If-Modified-Since", Date, 200)]
    [InlineData("If-Match", "\"v0\"", "If-None-Match", "\"v1\"", 412)]
    [InlineData("If-Match", "\"v1\"", "If-None-Match", "\"v1\"", 304)]
    [InlineData("If-None-Match", "\"v1\"", "Range", "bytes=5000-", 304)]
    [InlineData("If-Match", "\"v0\"", "Range", "bytes=5000-", 412)]
    public async Task Conditions_have_an_order(string first, string firstValue, string second, string secondValue, int status)
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.GetAsync((first, firstValue), (second, secondValue));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("\"v1\"", 206)]
    [InlineData("\"v0\"", 200)]
    [InlineData("W/\"v1\"", 200)]
    [InlineData(Date, 206)]
    [InlineData(Earlier, 200)]
    [InlineData(Later, 200)]
    [InlineData("garbage", 200)]
    public async Task If_Range_resumes_only_the_same_version(string ifRange, int status)
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.GetAsync(("Range", "bytes=10-"), ("If-Range", ifRange));
        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task If_Range_of_another_version_gets_the_whole_even_where_the_range_is_beyond_the_end()
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.GetAsync(("Range", "bytes=5000-"), ("If-Range", "\"v0\""));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_date_whose_second_is_not_over_is_neither_sent_nor_trusted()
    {
        var future = DateTimeOffset.UtcNow.AddHours(1);
        await using var site = await Site.StartAsync(new MemoryContent { LastModified = future });
        using var response = await site.Server.GetAsync(("Range", "bytes=10-"), ("If-Range", future.ToString("R")));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.False(response.Content.Headers.Contains("Last-Modified"));
    }

    [Fact]
    public async Task An_empty_content_is_a_complete_download()
    {
        await using var site = await Site.StartAsync(new MemoryContent(0));
        using var response = await site.Server.GetAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength);
        Assert.Equal(new ContentSent(200, 0, 0, true), await site.NextSentAsync());
        Assert.Equal(["begin 0+0 of 0", "completed"], site.Observer.WithoutProgress());
    }

    [Fact]
    public async Task Other_methods_are_refused_with_what_is_allowed()
    {
        await using var site = await Site.StartAsync(new MemoryContent());
        using var response = await site.Server.SendAsync(HttpMethod.Delete, "/");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal("GET, HEAD", string.Join(", ", response.Content.Headers.Allow));
    }

    [Theory]
    [InlineData("Range", "bytes=0-")]
    [InlineData("X-None", "")]
    public async Task A_content_that_changed_before_the_first_byte_can_be_told_of(string header, string value)
    {
        var content = new MemoryContent { ChangesAt = 0 };
        await using var site = await Site.StartAsync(content);
        using var response = await site.Server.GetAsync((header, value));
        Assert.Equal(HttpStatusCode.Conflict, response.StatusCode);
        Assert.Equal("report.txt changed.", Encoding.UTF8.GetString(await LoopbackServer.BytesAsync(response)));
        Assert.Null(response.Headers.ETag);
        Assert.False(response.Content.Headers.Contains("Content-Disposition"));
        Assert.Equal(1, content.Closed);
        Assert.Empty(site.Observer.WithoutProgress());
    }

    [Theory]
    [InlineData(500_000, long.MaxValue, "report.txt changed.")]
    [InlineData(long.MaxValue, 500_000, "The content ended at byte 500000, 500000 bytes early.")]
    public async Task A_content_that_changes_on_the_way_breaks_the_connection(long changesAt, long endsAt, string message)
    {
        var content = new MemoryContent(1_000_000) { ChangesAt = changesAt, EndsAt = endsAt };
        await using var site = await Site.StartAsync(content);

        using var response = await site.Server.GetAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => LoopbackServer.BytesAsync(response));

        var sent = await site.NextSentAsync();
        Assert.False(sent.Completed);
        Assert.InRange(sent.BytesHandedOver, 1, 500_000);
        Assert.Equal(["begin 0+1000000 of 1000000", "failed " + message], site.Observer.WithoutProgress());
        Assert.Equal(1, content.Closed);
    }

    [Fact]
    public async Task A_visitor_who_hangs_up_is_cut_and_counted_by_what_was_handed_over()
    {
        var content = new MemoryContent(1L << 40);
        await using var site = await Site.StartAsync(content);
        using (var response = await site.Server.GetAsync())
        {
            await using var body = await response.Content.ReadAsStreamAsync(Cancel);
            await body.ReadExactlyAsync(new byte[100_000], Cancel);
        }

        var sent = await site.NextSentAsync();
        Assert.False(sent.Completed);
        Assert.InRange(sent.BytesHandedOver, 32 * 1024, 1L << 32);
        Assert.Equal(["begin 0+1099511627776 of 1099511627776", "cut"], site.Observer.WithoutProgress());
        Assert.Equal(1, content.Closed);
    }

    [Fact]
    public async Task A_stopped_service_cuts_the_transfer_and_the_visitor_sees_a_failure()
    {
        using var stop = new CancellationTokenSource();
        await using var site = await Site.StartUntilAsync(new MemoryContent(1L << 40), stop.Token);
        using var response = await site.Server.GetAsync();
        await using var body = await response.Content.ReadAsStreamAsync(Cancel);
        await body.ReadExactlyAsync(new byte[100_000], Cancel);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<IOException>(() => body.CopyToAsync(Stream.Null, Cancel));
        Assert.False((await site.NextSentAsync()).Completed);
        Assert.Equal("cut", site.Observer.WithoutProgress()[^1]);
    }

    [Fact]
    public async Task An_endpoints_own_cache_control_and_inline_are_kept()
    {
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            if (context.Request.Path == "/own") context.Response.Headers.CacheControl = "public, max-age=5";
            await new ContentResponse(new MemoryContent()) { Inline = true }.SendAsync(context, context.RequestAborted);
        });
        using var own = await server.SendAsync(HttpMethod.Get, "/own");
        using var plain = await server.SendAsync(HttpMethod.Get, "/");
        Assert.Equal("public, max-age=5", own.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("private, no-cache", string.Join(", ", plain.Headers.GetValues("Cache-Control").Single().Split(", ").Order(StringComparer.Ordinal).Reverse()));
        Assert.Equal("inline; filename=\"report.txt\"", plain.Content.Headers.GetValues("Content-Disposition").Single());
    }

    /// <summary>A server of one content that keeps what was reported.</summary>
    private sealed class Site : IAsyncDisposable
    {
        private readonly System.Threading.Channels.Channel<ContentSent> _sent = System.Threading.Channels.Channel.CreateUnbounded<ContentSent>();

        public RecordingObserver Observer { get; } = new();

        public LoopbackServer Server { get; private set; } = null!;

        public static Task<Site> StartAsync(IContent content) => StartUntilAsync(content, CancellationToken.None);

        public static async Task<Site> StartUntilAsync(IContent content, CancellationToken stop)
        {
            var site = new Site();
            site.Server = await LoopbackServer.StartAsync(async context =>
            {
                try
                {
                    await site._sent.Writer.WriteAsync(await new ContentResponse(content) { Observer = site.Observer }.SendAsync(context, stop), CancellationToken.None);
                }
                catch (ContentChangedException changed)
                {
                    context.Response.StatusCode = 409;
                    await context.Response.WriteAsync(changed.Message, CancellationToken.None);
                }
            });
            return site;
        }

        public async Task<ContentSent> NextSentAsync() => await _sent.Reader.ReadAsync(Cancel).AsTask().WaitAsync(Until.Limit, Cancel);

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed class RecordingObserver : ITransferObserver
    {
        private readonly List<string> _calls = [];

        public long LastProgress { get; private set; }

        public List<string> WithoutProgress()
        {
            lock (_calls) return [.. _calls];
        }

        public void Begin(long offset, long count, long total) => Add($"begin {offset}+{count} of {total}");

        public void Progress(long bytes)
        {
            Assert.True(bytes > LastProgress);
            LastProgress = bytes;
        }

        public void Completed() => Add("completed");

        public void Cut() => Add("cut");

        public void Failed(Exception cause) => Add("failed " + cause.Message);

        private void Add(string call)
        {
            lock (_calls) _calls.Add(call);
        }
    }
}

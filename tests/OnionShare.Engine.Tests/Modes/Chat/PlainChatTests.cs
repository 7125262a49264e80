using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Chat;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Chat;

/// <summary>The room without scripts.</summary>
public sealed partial class PlainChatTests
{
    [Fact]
    public async Task Who_has_no_scripts_reads_along_live_and_writes_in_the_same_room()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        var seat = await SeatAsync(host);
        using var stream = await StreamAsync(host, seat);
        var name = NameOf(await stream.UntilAsync("You are "));
        await ada.SayAsync(1, "hello <b>you</b> & http://example.org/");

        Assert.Contains("hello &lt;b&gt;you&lt;/b&gt; &amp; <a href=\"http://example.org/\"", await stream.UntilAsync("class=\"said\""), StringComparison.Ordinal);
        using var posted = await PostAsync(host, "say", seat, ("n", "1"), ("text", "שלום & 100 %"));
        Assert.Equal((HttpStatusCode.SeeOther, $"/plain/write?seat={seat}"), (posted.StatusCode, posted.Headers.Location!.OriginalString));
        var said = await ada.HearAsync("said");
        await ada.SayAsync(2, "bye");
        said = (string)said["name"]! == "ada" ? await ada.HearAsync("said") : said;
        Assert.Equal((name, "שלום & 100 %"), ((string)said["name"]!, (string)said["text"]!));
        Assert.Contains("שלום &amp; 100 %", await stream.UntilAsync("שלום"), StringComparison.Ordinal);
        Assert.Equal(2, host.Service.Status.Members);
    }

    [Fact]
    public async Task The_page_carries_both_ways_and_nothing_inline()
    {
        await using var host = await ChatHost.StartAsync();
        using var answer = await host.Http.GetAsync("/", Cancel);
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Matches("<noscript>[\\s\\S]*<iframe name=\"messages\"[\\s\\S]*<iframe name=\"write\"[\\s\\S]*</noscript>", page);
        Assert.DoesNotMatch("<script(?![^>]* (src=|type=\"application/json\"))|<style| style=| on[a-z]+=", page);
        Assert.Contains("frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Contains($"connect-src 'self' ws://{host.Host}", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(0, host.Service.Status.Members); // presence comes only from live connections
    }

    [Fact]
    public async Task Only_the_two_frames_may_be_framed_by_their_own_host_and_they_run_no_script()
    {
        await using var host = await ChatHost.StartAsync();
        var seat = await SeatAsync(host);
        using var stream = await StreamAsync(host, seat);
        using var form = await host.Http.GetAsync($"/plain/write?seat={seat}", Cancel);
        foreach (var headers in new[] { stream.Headers, form.Headers })
        {
            Assert.Contains("default-src 'none'", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.EndsWith("frame-ancestors 'self'", headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("SAMEORIGIN", headers.GetValues("X-Frame-Options").Single());
        }

        using var other = await host.Http.GetAsync("/plain", Cancel);
        Assert.Equal("DENY", other.Headers.GetValues("X-Frame-Options").Single());
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("null")]
    public async Task A_form_sent_by_another_site_is_refused(string origin)
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        var seat = await SeatAsync(host);
        using var stream = await StreamAsync(host, seat);
        await stream.UntilAsync("You are ");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/plain/say") { Content = Form(seat, ("n", "1"), ("text", "forged")) };
        request.Headers.TryAddWithoutValidation("Origin", origin);
        using var answer = await host.Http.SendAsync(request, Cancel);
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        await AssertNothingWasSaidAsync(ada);
    }

    [Fact]
    public async Task Without_a_stream_there_is_no_presence_and_nothing_can_be_said()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        foreach (var seat in new[] { await SeatAsync(host), "", new string('0', 64), ada.Token[..63] })
        {
            using var answer = await PostAsync(host, "say", seat, ("n", "1"), ("text", "from nobody"));
            Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
            Assert.Contains("You are not connected.", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        await AssertNothingWasSaidAsync(ada);
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Theory]
    [InlineData("/plain")]
    [InlineData("/plain/write")]
    [InlineData("/plain/messages")]
    public async Task HEAD_is_answered_and_takes_no_seat(string path)
    {
        await using var host = await ChatHost.StartAsync();
        var address = path == "/plain" ? path : $"{path}?seat={await SeatAsync(host)}";
        using var answer = await host.Http.SendAsync(new HttpRequestMessage(HttpMethod.Head, address), Cancel);
        Assert.Equal((HttpStatusCode.OK, "text/html; charset=utf-8"), (answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
        Assert.Equal(0, host.Service.Status.Members);
    }

    [Fact]
    public async Task A_form_that_is_asked_for_before_the_conversation_waits_for_the_name()
    {
        await using var host = await ChatHost.StartAsync();
        var seat = await SeatAsync(host);
        var form = host.Http.GetStringAsync($"/plain/write?seat={seat}", Cancel);
        using var stream = await StreamAsync(host, seat);
        var name = NameOf(await stream.UntilAsync("You are "));
        Assert.Contains($"name=\"name\" value=\"{name}\"", await form, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_scripts_there_is_no_form_that_leads_nowhere()
    {
        await using var host = await ChatHost.StartAsync();
        var page = await host.Http.GetStringAsync("/", Cancel);
        Assert.DoesNotMatch("<form(?! class=\"language\")", page);
        Assert.Contains("href=\"/plain\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_made_up_seat_gets_no_stream()
    {
        await using var host = await ChatHost.StartAsync();
        using var answer = await host.Http.GetAsync($"/plain/messages?seat={new string('a', 64)}", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("Open the room&#x27;s page anew.", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Equal(0, host.Service.Status.Members);
    }

    [Fact]
    public async Task A_form_sent_twice_says_its_words_once()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        var seat = await SeatAsync(host);
        using var stream = await StreamAsync(host, seat);
        await stream.UntilAsync("You are ");
        for (var i = 0; i < 2; i++) (await PostAsync(host, "say", seat, ("n", "7"), ("text", "once"))).Dispose();
        (await PostAsync(host, "say", seat, ("n", "8"), ("text", "then"))).Dispose();
        Assert.Equal(["once", "then"], await ada.HearWordsAsync(2));
    }

    [Fact]
    public async Task Renaming_and_leaving_work_by_form()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        var seat = await SeatAsync(host);
        using var stream = await StreamAsync(host, seat);
        await stream.UntilAsync("You are ");
        using (var taken = await PostAsync(host, "rename", seat, ("name", "Ada")))
        {
            Assert.Equal(HttpStatusCode.Conflict, taken.StatusCode);
            Assert.Contains("Somebody here has that name, or one that looks like it.", await taken.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        (await PostAsync(host, "rename", seat, ("name", "Grace <Hopper>"))).Dispose();
        Assert.Equal("Grace <Hopper>", (string)(await ada.HearAsync("renamed"))["name"]!);
        Assert.Contains("Grace &lt;Hopper&gt;", await stream.UntilAsync("is now"), StringComparison.Ordinal);
        using (var form = await host.Http.GetAsync($"/plain/write?seat={seat}", Cancel))
            Assert.Contains("<bdi>Grace &lt;Hopper&gt;</bdi>", await form.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        (await PostAsync(host, "leave", seat)).Dispose();
        Assert.Contains("You have left the room.", await stream.ToTheEndAsync(), StringComparison.Ordinal);
        await ada.HearAsync("left");
        Assert.Equal(1, host.Service.Status.Members);
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_a_seat_that_a_reload_takes_back()
    {
        await using var host = await ChatHost.StartAsync();
        await using var ada = await host.JoinAsync("ada");
        var seat = await SeatAsync(host);
        string name;
        using (var stream = await StreamAsync(host, seat)) name = NameOf(await stream.UntilAsync("You are "));
        Assert.Equal(name, (string)(await ada.HearAsync("away"))["name"]!);
        await ada.SayAsync(1, "missed");
        await ada.HearAsync("said");

        using var again = await StreamAsync(host, seat);
        var page = await again.UntilAsync("missed");
        Assert.Equal(name, NameOf(page));
        Assert.Equal(name, (string)(await ada.HearAsync("back"))["name"]!);
    }

    [Fact]
    public async Task Stopping_ends_the_stream_with_a_word()
    {
        await using var host = await ChatHost.StartAsync();
        using var stream = await StreamAsync(host, await SeatAsync(host));
        await stream.UntilAsync("You are ");
        var stopping = host.StopAsync();
        Assert.EndsWith("<p class=\"status\">The room was closed.</p>\n</main></div></body></html>\n", await stream.ToTheEndAsync(), StringComparison.Ordinal);
        await stopping;
        Assert.Equal(ServiceState.Stopped, host.Service.Status.State);
    }

    [Fact]
    public async Task Forms_that_are_no_forms_are_refused()
    {
        await using var host = await ChatHost.StartAsync();
        using var multipart = new MultipartFormDataContent { { new ByteArrayContent(new byte[1000]), "text", "a.txt" } };
        using (var answer = await host.Http.PostAsync("/plain/say", multipart, Cancel)) Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        using var large = new StringContent("text=" + new string('x', 70_000), Encoding.ASCII, "application/x-www-form-urlencoded");
        using (var answer = await host.Http.PostAsync("/plain/say", large, Cancel)) Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        using var many = new FormUrlEncodedContent(Enumerable.Range(0, 20).Select(i => KeyValuePair.Create($"f{i}", "x")));
        using (var answer = await host.Http.PostAsync("/plain/say", many, Cancel)) Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_message_that_is_refused_stays_in_the_form()
    {
        await using var host = await ChatHost.StartAsync(new RoomLimits { MessageBurst = 1, MessagesPerSecond = 0.001 });
        var seat = await SeatAsync(host);
        using var stream = await StreamAsync(host, seat);
        await stream.UntilAsync("You are ");
        (await PostAsync(host, "say", seat, ("n", "1"), ("text", "first"))).Dispose();
        using var answer = await PostAsync(host, "say", seat, ("n", "2"), ("text", "second </textarea>"));
        Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync(Cancel);
        Assert.Contains("Not so fast: wait a moment, then send it again.", page, StringComparison.Ordinal);
        Assert.Contains("second &lt;/textarea&gt;</textarea>", page, StringComparison.Ordinal);
    }

    [GeneratedRegex("/plain/messages\\?seat=([0-9a-f]{64})")]
    private static partial Regex SeatLink { get; }

    [GeneratedRegex("You are <bdi>([^<]+)</bdi>")]
    private static partial Regex OwnName { get; }

    private static string NameOf(string page) => OwnName.Match(page).Groups[1].Value;

    private static async Task<string> SeatAsync(ChatHost host) =>
        SeatLink.Match(await host.Http.GetStringAsync("/plain", Cancel)).Groups[1].Value;

    private static FormUrlEncodedContent Form(string seat, params (string Name, string Value)[] fields) =>
        new(fields.Append((Name: "seat", Value: seat)).Select(field => KeyValuePair.Create(field.Name, field.Value)));

    private static Task<HttpResponseMessage> PostAsync(ChatHost host, string action, string seat, params (string Name, string Value)[] fields) =>
        host.Http.PostAsync("/plain/" + action, Form(seat, fields), Cancel);

    private static async Task<PageStream> StreamAsync(ChatHost host, string seat) =>
        new(await host.Http.GetAsync($"/plain/messages?seat={seat}", HttpCompletionOption.ResponseHeadersRead, Cancel));

    private static async Task AssertNothingWasSaidAsync(ChatClient ada)
    {
        await ada.SayAsync(1, "mine");
        Assert.Equal(["mine"], await ada.HearWordsAsync(1));
    }

    /// <summary>A page that goes on coming.</summary>
    private sealed class PageStream(HttpResponseMessage response) : IDisposable
    {
        private readonly StreamReader _reader = new(response.Content.ReadAsStream(Cancel));

        public System.Net.Http.Headers.HttpResponseHeaders Headers => response.Headers;

        /// <summary>What comes up to the end of the first line with that text.</summary>
        public async Task<string> UntilAsync(string text)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(Until.Limit);
            var seen = new StringBuilder();
            while (await _reader.ReadLineAsync(limit.Token) is { } line)
            {
                seen.Append(line).Append('\n');
                if (line.Contains(text, StringComparison.Ordinal)) return seen.ToString();
            }

            throw new EndOfStreamException($"The page ended without '{text}': {seen}");
        }

        public async Task<string> ToTheEndAsync()
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
            limit.CancelAfter(Until.Limit);
            return await _reader.ReadToEndAsync(limit.Token);
        }

        public void Dispose()
        {
            _reader.Dispose();
            response.Dispose();
        }
    }
}

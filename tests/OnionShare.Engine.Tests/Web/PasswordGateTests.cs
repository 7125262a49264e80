using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

public sealed class PasswordGateTests
{
    private const string Password = "amber-river-lantern";

    [Fact]
    public async Task Who_knows_the_password_gets_in_and_nothing_behind_sees_it()
    {
        await using var site = await Site.StartAsync();
        using var response = await site.Server.GetAsync(Basic("onionshare", Password));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("authorization: none", await TextAsync(response));
    }

    [Fact]
    public async Task Without_a_password_it_is_asked_for_at_once()
    {
        await using var site = await Site.StartAsync();
        using var response = await site.Server.GetAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"OnionShare\", charset=\"UTF-8\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("", await TextAsync(response));
        Assert.Equal(0, site.LetIn);
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!!")]
    [InlineData("Basic b25pb25zaGFyZQ==")]
    [InlineData("Basic /////w==")]
    [InlineData("Bearer b25pb25zaGFyZTphbWJlci1yaXZlci1sYW50ZXJu")]
    [InlineData("b25pb25zaGFyZTphbWJlci1yaXZlci1sYW50ZXJu")]
    [InlineData("BasicX b25pb25zaGFyZTphbWJlci1yaXZlci1sYW50ZXJu")]
    [InlineData("Digest username=\"onionshare\"")]
    public async Task A_malformed_header_is_refused_and_is_no_guess(string header)
    {
        await using var site = await Site.StartAsync();
        using var response = await site.Server.GetAsync(("Authorization", header));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, site.LetIn);
        Assert.Equal(0, site.Gate.WrongPasswords);
    }

    [Fact]
    public async Task A_giant_header_and_two_headers_are_refused()
    {
        await using var site = await Site.StartAsync();
        var value = Basic("onionshare", Password).Value;
        var two = await site.Server.SendRawAsync($"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: {value}\r\nAuthorization: {value}\r\n\r\n");
        using var giant = await site.Server.GetAsync(Basic("onionshare", new string('x', 20_000)));
        Assert.StartsWith("HTTP/1.1 401 ", two, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, giant.StatusCode);
        Assert.Equal(0, site.LetIn);
        Assert.Equal(0, site.Gate.WrongPasswords);
    }

    [Theory]
    [InlineData("")]
    [InlineData("OnionShare")]
    [InlineData("admin")]
    public async Task Another_user_is_refused(string user)
    {
        await using var site = await Site.StartAsync();
        using var response = await site.Server.GetAsync(Basic(user, Password));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, site.LetIn);
    }

    [Fact]
    public async Task A_password_in_any_script_is_the_same_however_it_is_composed()
    {
        await using var site = await Site.StartAsync(password: "cafe\u0301-玉ねぎ:x");
        using var response = await site.Server.GetAsync(Basic("onionshare", "caf\u00e9-玉ねぎ:x"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task The_body_of_a_refused_request_is_not_even_asked_for()
    {
        await using var site = await Site.StartAsync();
        var answer = await site.Server.SendRawForHeadAsync("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, site.LetIn);
    }

    [Fact]
    public async Task A_WebSocket_upgrade_without_the_password_is_refused()
    {
        await using var site = await Site.StartAsync();
        var answer = await site.Server.SendRawAsync(
            "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 401 ", answer, StringComparison.Ordinal);
        Assert.Equal(0, site.LetIn);
    }

    [Fact]
    public async Task A_new_wrong_password_waits_longer_each_time_up_to_a_limit()
    {
        await using var site = await Site.StartAsync(new PasswordGateOptions { LongestDelay = TimeSpan.FromSeconds(2.5) });
        foreach (var seconds in new[] { 1, 2, 2.5, 2.5 })
        {
            var answer = site.Server.GetAsync(Basic("onionshare", "wrong" + site.Gate.WrongPasswords));
            Assert.Equal(TimeSpan.FromSeconds(seconds), await site.Clock.NextTimerAsync());
            site.Clock.Advance(TimeSpan.FromSeconds(seconds - 0.1));
            Assert.False(answer.IsCompleted);
            site.Clock.Advance(TimeSpan.FromSeconds(0.1));
            using var response = await answer;
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }

        Assert.Equal([1, 2, 3, 4], site.Wrong);
    }

    [Fact]
    public async Task The_same_wrong_password_counts_once_and_is_answered_at_once_afterwards()
    {
        await using var site = await Site.StartAsync(new PasswordGateOptions { GuessLimit = 2 });
        var first = site.Server.GetAsync(Basic("onionshare", "wrong"));
        await site.Clock.NextTimerAsync();
        for (var i = 0; i < 50; i++)
        {
            using var again = await site.Server.GetAsync(Basic("onionshare", "wrong"));
            Assert.Equal(HttpStatusCode.Unauthorized, again.StatusCode);
        }

        site.Clock.Advance(TimeSpan.FromSeconds(1));
        (await first).Dispose();
        Assert.Equal([1], site.Wrong);
        Assert.Empty(site.Limits);
    }

    [Fact]
    public async Task At_the_limit_the_gate_closes_once_and_for_the_right_password_too_however_many_guess_at_once()
    {
        await using var site = await Site.StartAsync(new PasswordGateOptions { LongestDelay = TimeSpan.Zero });
        var guesses = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => site.Server.GetAsync(Basic("onionshare", "wrong" + i))));
        Assert.Equal(20, guesses.Count(guess => guess.StatusCode == HttpStatusCode.Unauthorized));
        Assert.Equal(80, guesses.Count(guess => guess.StatusCode == HttpStatusCode.ServiceUnavailable));
        foreach (var guess in guesses) guess.Dispose();

        using var right = await site.Server.GetAsync(Basic("onionshare", Password));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, right.StatusCode);
        Assert.Equal(0, site.LetIn);
        Assert.Equal([20], site.Limits);
        Assert.Equal(Enumerable.Range(1, 20), site.Wrong.Order());
    }

    [Fact]
    public async Task Without_a_limit_guessing_never_closes_the_gate()
    {
        await using var site = await Site.StartAsync(new PasswordGateOptions { GuessLimit = 0, LongestDelay = TimeSpan.Zero, MaximumRemembered = 10 });
        for (var i = 0; i < 50; i++) (await site.Server.GetAsync(Basic("onionshare", "wrong" + i))).Dispose();
        using var right = await site.Server.GetAsync(Basic("onionshare", Password));
        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(50, site.Gate.WrongPasswords);
        Assert.Empty(site.Limits);
    }

    [Fact]
    public async Task However_many_guesses_wait_who_shows_the_right_password_is_let_in_at_once()
    {
        await using var site = await Site.StartAsync(new PasswordGateOptions { GuessLimit = 0 });
        var guesses = Enumerable.Range(0, 200).Select(n => site.Server.GetAsync(Basic("onionshare", "wrong" + n))).ToList();
        foreach (var _ in guesses) await site.Clock.NextTimerAsync();

        using var right = await site.Server.GetAsync(Basic("onionshare", Password));

        Assert.Equal(HttpStatusCode.OK, right.StatusCode);
        Assert.Equal(200, site.Gate.WrongPasswords);
        Assert.DoesNotContain(guesses, guess => guess.IsCompleted);
        site.Clock.Advance(TimeSpan.FromSeconds(10));
        foreach (var guess in guesses) (await guess).Dispose();
    }

    [Fact]
    public async Task A_guess_whose_guesser_hung_up_counts_and_keeps_nothing_waiting()
    {
        await using var site = await Site.StartAsync();
        using (var guesser = new TcpClient())
        {
            await guesser.ConnectAsync("127.0.0.1", site.Server.Client.BaseAddress!.Port, Cancel);
            await guesser.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\nAuthorization: {Basic("onionshare", "wrong").Value}\r\n\r\n"), Cancel);
            await site.Clock.NextTimerAsync();
        }

        await site.HungUp.WaitAsync(Until.Limit, Cancel);
        await site.Ended.WaitAsync(Until.Limit, Cancel);
        Assert.Equal([1], site.Wrong);
    }

    [Fact]
    public async Task Another_password_can_be_set_at_any_time()
    {
        await using var site = await Site.StartAsync(new PasswordGateOptions { GuessLimit = 1, LongestDelay = TimeSpan.Zero });
        (await site.Server.GetAsync(Basic("onionshare", "wrong"))).Dispose();

        site.Gate.Replace("fresh-word-here");

        using var fresh = await site.Server.GetAsync(Basic("onionshare", "fresh-word-here"));
        Assert.Equal(HttpStatusCode.OK, fresh.StatusCode);
        Assert.Equal(0, site.Gate.WrongPasswords);
        using var old = await site.Server.GetAsync(Basic("onionshare", Password));
        Assert.Equal(HttpStatusCode.Unauthorized, old.StatusCode);
    }

    [Fact]
    public async Task A_stopping_service_need_not_wait_for_the_delayed()
    {
        await using var site = await Site.StartAsync();
        var guess = site.Server.GetAsync(Basic("onionshare", "wrong"));
        await site.Clock.NextTimerAsync();
        site.Gate.Dispose();
        using var response = await guess.WaitAsync(Until.Limit, Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public void A_password_that_could_not_be_typed_is_refused()
    {
        foreach (var (password, message) in new[]
        {
            ("", "The password is empty."),
            ("  ", "The password is empty."),
            ("a\nb", "The password holds control characters."),
            ("a\ud800", "The password is not well-formed Unicode."),
            (new string('a', 257), "The password is longer than 256 characters."),
        })
        {
            var problem = Assert.Throws<ProblemException>(() => new PasswordGate(password)).Problem;
            Assert.Equal((ProblemCodes.InvalidRequest, message), (problem.Code, problem.Detail));
        }
    }

    private static (string Name, string Value) Basic(string user, string password) =>
        ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    private static async Task<string> TextAsync(HttpResponseMessage response) => Encoding.UTF8.GetString(await LoopbackServer.BytesAsync(response));

    private sealed class Site : IAsyncDisposable
    {
        private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _letIn;

        public ManualTime Clock { get; } = new();

        public List<int> Wrong { get; } = [];

        public List<int> Limits { get; } = [];

        public int LetIn => _letIn;

        public Task HungUp => _hungUp.Task;

        /// <summary>A request was answered to its end.</summary>
        public Task Ended => _ended.Task;

        public PasswordGate Gate { get; private set; } = null!;

        public LoopbackServer Server { get; private set; } = null!;

        public static async Task<Site> StartAsync(PasswordGateOptions? options = null, string password = Password)
        {
            var site = new Site();
            site.Gate = new PasswordGate(password, (options ?? new PasswordGateOptions()) with { WrongPassword = Add(site.Wrong), LimitReached = Add(site.Limits) }, site.Clock);
            site.Server = await LoopbackServer.StartAsync(app =>
            {
                app.Use(async (context, next) =>
                {
                    context.RequestAborted.Register(() => site._hungUp.TrySetResult());
                    await next(context);
                    site._ended.TrySetResult();
                });
                app.Use(site.Gate.InvokeAsync);
                app.Run(context =>
                {
                    Interlocked.Increment(ref site._letIn);
                    return context.Response.WriteAsync("authorization: " + (context.Request.Headers.Authorization.Count == 0 ? "none" : "seen"), Cancel);
                });
            });
            return site;
        }

        public async ValueTask DisposeAsync()
        {
            Gate.Dispose();
            await Server.DisposeAsync();
        }

        private static Action<int> Add(List<int> list) => count =>
        {
            lock (list) list.Add(count);
        };
    }
}

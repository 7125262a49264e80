using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Control;

public sealed class ControlAuthenticationTests : IAsyncDisposable
{
    private readonly ScriptedTor _tor = new();
    private readonly ControlConnection _control;
    private readonly string _cookieFile = Path.GetTempFileName();
    private readonly byte[] _cookie = RandomNumberGenerator.GetBytes(32);

    public ControlAuthenticationTests()
    {
        File.WriteAllBytes(_cookieFile, _cookie);
        _control = new ControlConnection(_tor.Controller, TimeProvider.System, NullLogger.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        File.Delete(_cookieFile);
        await _control.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_safe_cookie_is_proven_by_both_sides()
    {
        var done = await OfferAsync("COOKIE,SAFECOOKIE,HASHEDPASSWORD,NULL", "secret");
        var (nonce, serverNonce) = await ChallengeAsync(_cookie);
        byte[] message = [.. _cookie, .. nonce, .. serverNonce];
        var proof = HMACSHA256.HashData("Tor safe cookie authentication controller-to-server hash"u8, message);
        Assert.Equal("AUTHENTICATE " + Convert.ToHexString(proof), await _tor.CommandAsync());
        await _tor.SendAsync("250 OK");
        Assert.Equal(new ControlLogin("0.4.9.11", ControlMethod.SafeCookie), await done);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_peer_that_does_not_know_the_cookie_is_told_nothing_more()
    {
        var done = await OfferAsync("COOKIE,SAFECOOKIE,HASHEDPASSWORD,NULL", "secret");
        await ChallengeAsync(RandomNumberGenerator.GetBytes(32));
        var error = await Assert.ThrowsAsync<ControlAuthenticationException>(() => done);
        Assert.Contains("it is not that tor", error.Message);
        await _control.DisposeAsync();
        Assert.Null(await _tor.CommandAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("250 AUTHCHALLENGE")]
    [InlineData("250 AUTHCHALLENGE SERVERHASH=zz SERVERNONCE=zz")]
    [InlineData("250 AUTHCHALLENGE SERVERHASH= SERVERNONCE=")]
    [InlineData("513 Wrong number of arguments")]
    public async Task A_challenge_answered_with_nonsense_is_refused(string answer)
    {
        var done = await OfferAsync("SAFECOOKIE", null);
        await _tor.CommandAsync();
        await _tor.SendAsync(answer);
        await Assert.ThrowsAsync<ControlAuthenticationException>(() => done);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cookie_is_sent_as_it_is_only_where_nothing_better_is_offered()
    {
        var done = await OfferAsync("COOKIE", null);
        await AnswerAsync("AUTHENTICATE " + Convert.ToHexString(_cookie));
        await done;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_is_no_cookie_is_never_read_for_the_peer()
    {
        await File.WriteAllTextAsync(_cookieFile, "some other secret of the user, longer than a cookie", Cancel);
        var done = await OfferAsync("COOKIE,SAFECOOKIE", null);
        var error = await Assert.ThrowsAsync<ControlAuthenticationException>(() => done);
        Assert.Contains("is not 32 bytes long", error.Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_password_is_quoted()
    {
        var done = await OfferAsync("HASHEDPASSWORD", "a \"b\" \\c");
        await AnswerAsync("AUTHENTICATE \"a \\\"b\\\" \\\\c\"");
        await done;
    }

    [Fact(Timeout = 120_000)]
    public async Task An_open_port_takes_an_empty_authentication()
    {
        var done = await OfferAsync("NULL", null);
        await AnswerAsync("AUTHENTICATE");
        await done;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_port_that_wants_a_password_says_so()
    {
        var done = await OfferAsync("HASHEDPASSWORD", null);
        Assert.Equal("tor's control port asks for a password.", (await Assert.ThrowsAsync<ControlAuthenticationException>(() => done)).Message);
    }

    private async Task<Task<ControlLogin>> OfferAsync(string methods, string? password)
    {
        var done = ControlAuthentication.AuthenticateAsync(_control, new ControlSecrets(password, null, true), Cancel);
        Assert.Equal("PROTOCOLINFO 1", await _tor.CommandAsync());
        var escaped = string.Concat(Encoding.UTF8.GetBytes(_cookieFile).Select(b => b is (byte)'\\' ? "\\\\" : b < 0x80 ? ((char)b).ToString() : "\\" + Convert.ToString(b, 8)));
        await _tor.SendAsync("250-PROTOCOLINFO 1", $"250-AUTH METHODS={methods} COOKIEFILE=\"{escaped}\"", "250-VERSION Tor=\"0.4.9.11\"", "250 OK");
        return done;
    }

    private async Task<(byte[] Nonce, byte[] ServerNonce)> ChallengeAsync(byte[] known)
    {
        var challenge = (await _tor.CommandAsync())!;
        Assert.StartsWith("AUTHCHALLENGE SAFECOOKIE ", challenge, StringComparison.Ordinal);
        var nonce = Convert.FromHexString(challenge.Split(' ')[2]);
        Assert.Equal(32, nonce.Length);
        var serverNonce = RandomNumberGenerator.GetBytes(32);
        byte[] message = [.. known, .. nonce, .. serverNonce];
        var hash = HMACSHA256.HashData("Tor safe cookie authentication server-to-controller hash"u8, message);
        await _tor.SendAsync($"250 AUTHCHALLENGE SERVERHASH={Convert.ToHexString(hash)} SERVERNONCE={Convert.ToHexString(serverNonce)}");
        return (nonce, serverNonce);
    }

    private async Task AnswerAsync(string expected)
    {
        Assert.Equal(expected, await _tor.CommandAsync());
        await _tor.SendAsync("250 OK");
    }
}

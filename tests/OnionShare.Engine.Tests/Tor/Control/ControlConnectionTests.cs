using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Control;

public sealed class ControlConnectionTests : IAsyncDisposable
{
    private readonly ScriptedTor _tor = new();
    private readonly ControlConnection _control;

    public ControlConnectionTests() => _control = new ControlConnection(_tor.Controller, TimeProvider.System, NullLogger.Instance);

    public ValueTask DisposeAsync() => _control.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Replies_and_events_survive_being_cut_at_every_byte()
    {
        var events = new List<ControlEvent>();
        _control.EventReceived += events.Add;
        var reply = _control.SendAsync("GETINFO x", Cancel);
        await _tor.CommandAsync();
        const string Sent = "650 HS_DESC UPLOADED abc\r\n250-version=0.4\r\n250+x=\r\nfirst\r\n..dot\r\n250 not the end\r\n.\r\n250 OK\r\n650-CIRC 1\r\n650 EXTRA\r\n";
        foreach (var one in Encoding.UTF8.GetBytes(Sent))
            await _tor.SendBytesAsync(new[] { one });

        var got = await reply;
        Assert.Equal("0.4", got.Value("version"));
        Assert.Equal("first\n.dot\n250 not the end", got.Value("x"));
        Assert.Equal(3, got.Lines.Count);
        Assert.Null(got.Value("vers"));

        // The next reply comes after the last event, so that event has been told by then.
        await AssertAnsweredAsync("GETINFO y", "yes");
        Assert.Equal([new ControlEvent("HS_DESC", "UPLOADED abc"), new ControlEvent("CIRC", "1")], events);
    }

    [Fact(Timeout = 120_000)]
    public async Task Events_between_lines_of_a_reply_do_not_get_into_it()
    {
        var events = new List<ControlEvent>();
        _control.EventReceived += events.Add;
        var reply = _control.SendAsync("GETINFO x", Cancel);
        await _tor.CommandAsync();
        await _tor.SendAsync("650 NOTICE a", "250-x=1", "650 NOTICE b", "250 OK");

        Assert.Equal(["x=1", "OK"], (await reply).Lines.Select(l => l.Text));
        Assert.Equal(["a", "b"], events.Select(e => e.Text));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_cancelled_command_does_not_shift_the_next_reply()
    {
        using var giveUp = new CancellationTokenSource();
        var first = _control.SendAsync("GETINFO first", giveUp.Token);
        await _tor.CommandAsync();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);

        var second = _control.SendAsync("GETINFO second", Cancel);
        Assert.Equal("GETINFO second", await _tor.CommandAsync());
        await _tor.SendAsync("250-first=1", "250 OK", "250-second=2", "250 OK");

        Assert.Equal("2", (await second).Value("second"));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_hundred_commands_at_once_get_each_its_own_reply()
    {
        var replies = Enumerable.Range(0, 100).Select(n => _control.SendAsync($"GETINFO {n}", Cancel)).ToArray();
        for (var n = 0; n < replies.Length; n++)
        {
            var asked = (await _tor.CommandAsync())!.Split(' ')[1];
            await _tor.SendAsync($"250-{asked}=value {asked}", "250 OK");
        }

        for (var n = 0; n < replies.Length; n++)
            Assert.Equal($"value {n}", (await replies[n]).Value(n.ToString()));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("250 OK", true)]
    [InlineData("251 Operation was unnecessary", true)]
    [InlineData("252 Registered client and decrypted desc", true)]
    [InlineData("510 Unrecognized command", false)]
    [InlineData("253 What", false)]
    public async Task Only_250_251_and_252_are_success(string line, bool success)
    {
        var reply = _control.SendAsync("ADD_ONION secret", Cancel);
        await _tor.CommandAsync();
        await _tor.SendAsync(line);
        if (success)
        {
            Assert.Equal(line[4..], (await reply).Lines[0].Text);
            return;
        }

        var refused = await Assert.ThrowsAsync<ControlRefusedException>(() => reply);
        Assert.Equal(int.Parse(line[..3]), refused.Code);
        Assert.Equal($"tor refused ADD_ONION: {line}", refused.Message);
    }

    [Theory(Timeout = 120_000)]
    [InlineData("GETINFO a\r\nSIGNAL SHUTDOWN")]
    [InlineData("GETINFO a\nSIGNAL SHUTDOWN")]
    [InlineData("GETINFO a\rb")]
    [InlineData("GETINFO a\0b")]
    public async Task A_command_with_a_line_break_is_refused_and_nothing_is_sent(string command)
    {
        var sent = _control.SendAsync(command, Cancel);
        Assert.True(sent.IsFaulted); // before anything is waited for
        var error = await Assert.ThrowsAsync<ArgumentException>(() => sent);
        Assert.Contains("must not hold CR, LF or NUL", error.Message);
        await AssertAnsweredAsync("GETINFO next", "yes");
    }

    [Fact(Timeout = 120_000)]
    public async Task A_broken_connection_fails_every_pending_and_every_later_command()
    {
        var pending = new[] { _control.SendAsync("GETINFO a", Cancel), _control.SendAsync("GETINFO b", Cancel) };
        await _tor.CommandAsync();
        await _tor.CommandAsync();
        _tor.Break();

        foreach (var command in pending)
            await Assert.ThrowsAsync<ControlClosedException>(() => command);
        Assert.Equal("tor closed its control connection.", (await _control.Closed).Message);
        await Assert.ThrowsAsync<ControlClosedException>(() => _control.SendAsync("GETINFO c", Cancel));
    }

    [Theory(Timeout = 120_000)]
    [InlineData("HTTP/1.1 400 Bad Request", "does not speak tor's control protocol")]
    [InlineData("25", "does not speak tor's control protocol")]
    [InlineData("250 OK", "nothing had asked for")]
    public async Task What_is_no_control_protocol_ends_the_connection(string line, string reason)
    {
        await _tor.SendAsync(line);
        Assert.Contains(reason, (await _control.Closed).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_line_without_end_is_not_kept()
    {
        var sending = _tor.SendBytesAsync(Encoding.ASCII.GetBytes("650 " + new string('x', ControlReader.LongestLine * 2)));
        Assert.Contains("sends more than a tor would", (await _control.Closed).Message);
        await sending;
    }

    [Fact(Timeout = 120_000)]
    public async Task A_reply_without_end_is_not_kept()
    {
        var line = Encoding.ASCII.GetBytes("250-" + new string('x', 60_000) + "\r\n");
        while (!_control.Closed.IsCompleted)
            await _tor.SendBytesAsync(line);
        Assert.Contains("sends more than a tor would", (await _control.Closed).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_hangs_is_given_up_for_all()
    {
        var time = new ManualTime();
        var tor = new ScriptedTor();
        await using var control = new ControlConnection(tor.Controller, time, NullLogger.Instance);
        var first = control.SendAsync("GETINFO a", Cancel);
        var second = control.SendAsync("GETINFO b", Cancel);
        await tor.CommandAsync();
        await tor.CommandAsync();
        while (!control.Closed.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(60));
            await Task.Yield();
        }

        await Assert.ThrowsAsync<ControlClosedException>(() => first);
        await Assert.ThrowsAsync<ControlClosedException>(() => second);
        Assert.Matches("^tor did not answer GETINFO within 60 s\\.$", (await control.Closed).Message);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_listener_that_fails_does_not_end_the_connection()
    {
        _control.EventReceived += _ => throw new InvalidOperationException("listener");
        await _tor.SendAsync("650 NOTICE x");
        await AssertAnsweredAsync("GETINFO next", "yes");
    }

    private async Task AssertAnsweredAsync(string command, string value)
    {
        var reply = _control.SendAsync(command, Cancel);
        Assert.Equal(command, await _tor.CommandAsync());
        await _tor.SendAsync($"250-value={value}", "250 OK");
        Assert.Equal(value, (await reply).Value("value"));
    }
}

using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>A service's server that is told to listen elsewhere, as for a tor on another host.</summary>
public sealed partial class ListenerMoveTests : IAsyncLifetime
{
    // The whole of 127/8 is this computer on Linux: a second address without touching the network's set-up.
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.77");

    private readonly Scratch _scratch = new();
    private IServiceMode _mode = null!;
    private IServiceServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "skipped: needs a second address of this computer, which only Linux has without being asked");
        var context = new ServiceContext("id", "name", "title", null, 20, new EventHub(TimeProvider.System), TimeProvider.System);
        _mode = OnionShare.Engine.Modes.ServiceModes.Create(new ShareRequest { Paths = [_scratch.File("a.bin", 100)], KeepSharing = true, Public = true }, () => null);
        await _mode.PrepareAsync(context, Cancel);
        _server = await ServiceWebServer.StartAsync(context, _mode, NullLoggerFactory.Instance, Cancel);
        _server.Serve("example.onion");
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        if (_mode is not null) await _mode.DisposeAsync();
        _scratch.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task It_answers_at_the_new_address_only_at_the_same_port_and_open_visits_go_on()
    {
        var first = new IPEndPoint(IPAddress.Loopback, _server.Port);
        using var open = await ConnectAsync(first);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(open), StringComparison.Ordinal);

        var second = await _server.ListenAtAsync(Elsewhere, Cancel);

        Assert.Equal(new IPEndPoint(Elsewhere, first.Port), second);
        using var visit = await ConnectAsync(second);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(visit), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(open), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(first));

        Assert.Equal(first, await _server.ListenAtAsync(IPAddress.Loopback, Cancel));
        using var back = await ConnectAsync(first);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(back), StringComparison.Ordinal);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(second));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_host_check_stands_at_every_address()
    {
        var endpoint = await _server.ListenAtAsync(Elsewhere, Cancel);
        using var visit = await ConnectAsync(endpoint);
        Assert.StartsWith("HTTP/1.1 421", await AskAsync(visit, endpoint.ToString()), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task All_addresses_at_once_take_another_port_when_the_one_is_taken()
    {
        var first = _server.Port;
        var all = await _server.ListenAtAsync(IPAddress.Any, Cancel);
        Assert.NotEqual(first, all.Port);
        Assert.Equal(all.Port, _server.Port);
        using var visit = await ConnectAsync(new IPEndPoint(Elsewhere, all.Port));
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(visit), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task An_address_that_is_not_this_computers_is_a_problem_and_it_goes_on_where_it_was()
    {
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => _server.ListenAtAsync(IPAddress.Parse("203.0.113.77"), Cancel))).Problem;
        Assert.Equal(ProblemCodes.NoPort, problem.Code);
        Assert.Equal("This computer has not got that address any more: set another one (Set-OnionTor).", problem.Advice);
        using var visit = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, _server.Port));
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(visit), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_the_end_nothing_listens_anywhere()
    {
        var second = await _server.ListenAtAsync(Elsewhere, Cancel);
        await _server.FlushAsync(Cancel);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(second));
        Assert.Equal(second, await _server.ListenAtAsync(IPAddress.Loopback, Cancel));
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(new IPEndPoint(IPAddress.Loopback, second.Port)));
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint, Cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<string> AskAsync(Socket visit, string host = "example.onion")
    {
        await visit.SendAsync(Encoding.ASCII.GetBytes($"GET /download HTTP/1.1\r\nHost: {host}\r\n\r\n"), Cancel);
        var buffer = new byte[16 * 1024];
        var answer = "";
        while (await visit.ReceiveAsync(buffer, Cancel) is var read and > 0)
        {
            answer += Encoding.ASCII.GetString(buffer, 0, read);
            if (answer.Split("\r\n\r\n", 2) is [var head, var body]
                && (!head.Contains(" 200 ", StringComparison.Ordinal) || body.Length >= int.Parse(Length().Match(head).Groups[1].Value, CultureInfo.InvariantCulture)))
            {
                break;
            }
        }

        return answer;
    }

    [GeneratedRegex("^Content-Length: (\\d+)", RegexOptions.Multiline | RegexOptions.IgnoreCase)]
    private static partial Regex Length();
}

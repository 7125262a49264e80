using System.Net;
using System.Net.Sockets;
using System.Text;
using OnionShare.Engine.Tor.Diagnosis;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Diagnosis;

/// <summary>What stands behind the throw-away onion.</summary>
public sealed class TokenResponderTests : IAsyncDisposable
{
    private readonly TokenResponder _responder = new(ServiceSocket.Listen(IPAddress.Loopback));

    public ValueTask DisposeAsync() => _responder.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task Who_knows_the_path_gets_the_answer_more_than_once()
    {
        for (var visit = 0; visit < 3; visit++)
        {
            using var client = await ConnectAsync();
            Assert.True(await _responder.IsAnsweredAsync(client.GetStream(), "a.onion", Cancel));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.onion\r\n\r\n")]
    [InlineData("GET /0123456789abcdef0123456789abcdef HTTP/1.1\r\n\r\n")]
    [InlineData("POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello")]
    [InlineData("\r\n\r\n")]
    [InlineData("\0\0\0\0\r\n\r\n")]
    public async Task Everybody_else_gets_not_a_byte(string request)
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request), Cancel);
        Assert.Equal(0, await ReadAsync(client));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_request_without_end_is_cut_off()
    {
        using var client = await ConnectAsync();
        await client.GetStream().WriteAsync(new byte[4096], Cancel);
        Assert.Equal(0, await ReadAsync(client));
    }

    [Fact(Timeout = 120_000)]
    public async Task Visitors_who_only_stay_do_not_take_all_there_is_of_the_computer_and_nobody_is_left_at_the_end()
    {
        var silent = new List<TcpClient>();
        for (var number = 0; number < 40; number++)
            silent.Add(await ConnectAsync());
        Assert.Equal(0, await ReadAsync(silent[^1]));
        await _responder.DisposeAsync();
        foreach (var client in silent)
        {
            Assert.Equal(0, await ReadAsync(client));
            client.Dispose();
        }
    }

    // What is left unread when a connection is closed makes a reset of it.
    private static async Task<int> ReadAsync(TcpClient client)
    {
        try
        {
            return await client.GetStream().ReadAsync(new byte[100], Cancel);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(_responder.EndPoint, Cancel);
        return client;
    }
}

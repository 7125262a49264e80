using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>The endpoint by itself, without a server: between the two loopback addresses, which every system has.</summary>
public sealed class MovableListenerTests : IAsyncLifetime
{
    private readonly MovableListener _listener = new(ServiceSocket.Listen(IPAddress.Loopback), new SocketTransportOptions(), NullLoggerFactory.Instance);

    private IPEndPoint Place => (IPEndPoint)_listener.EndPoint;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "skipped: needs ::1");
        await _listener.BindAsync(new IPEndPoint(IPAddress.Loopback, 1), Cancel);
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    [Fact(Timeout = 120_000)]
    public async Task What_comes_in_before_and_after_a_move_is_accepted_by_the_same_listener_and_the_first_stays_open()
    {
        var old = Place;
        using var first = await ConnectAsync(old);
        await using var early = (await _listener.AcceptAsync(Cancel))!;

        var place = await _listener.MoveAsync(IPAddress.IPv6Loopback, Cancel);

        Assert.Equal((IPAddress.IPv6Loopback, Place), (place.Address, place));
        using var second = await ConnectAsync(place);
        await using var late = (await _listener.AcceptAsync(Cancel))!;
        Assert.Equal(second.LocalEndPoint, late.RemoteEndPoint);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(old));
        await first.SendAsync("x"u8.ToArray(), Cancel);
        Assert.Equal(1, (await early.Transport.Input.ReadAsync(Cancel)).Buffer.Length);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_move_to_where_it_is_changes_nothing() => Assert.Equal(Place, await _listener.MoveAsync(IPAddress.Loopback, Cancel));

    [Fact(Timeout = 120_000)]
    public async Task A_move_that_can_not_be_made_leaves_it_where_it_is()
    {
        var place = Place;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => _listener.MoveAsync(IPAddress.Parse("203.0.113.77"), Cancel));
        Assert.Equal((ProblemCodes.NoPort, place), (refused.Problem.Code, Place));
        using var visitor = await ConnectAsync(place);
        await using var accepted = await _listener.AcceptAsync(Cancel);
        Assert.NotNull(accepted);
    }

    [Fact(Timeout = 120_000)]
    public async Task After_its_end_nothing_is_accepted_and_no_move_opens_it_again()
    {
        var waiting = _listener.AcceptAsync(Cancel).AsTask();
        await _listener.UnbindAsync(Cancel);
        Assert.Null(await waiting);
        var place = await _listener.MoveAsync(IPAddress.IPv6Loopback, Cancel);
        await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(place));
    }

    [Fact(Timeout = 120_000)]
    public async Task Who_came_in_and_was_never_accepted_is_cut_with_its_end()
    {
        using var visitor = await ConnectAsync(Place);
        await _listener.DisposeAsync();
        Assert.Equal(0, await Ended(visitor));
    }

    private static async Task<int> Ended(Socket visitor)
    {
        try
        {
            return await visitor.ReceiveAsync(new byte[1], Cancel);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return 0;
        }
    }

    private static async Task<Socket> ConnectAsync(IPEndPoint place)
    {
        var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(place, Cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

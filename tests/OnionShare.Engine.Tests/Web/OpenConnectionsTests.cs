using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Web;

/// <summary>Who gives way when connections run out.</summary>
public sealed class OpenConnectionsTests
{
    [Fact]
    public async Task The_oldest_stranger_gives_way_and_no_visitor()
    {
        var connections = new OpenConnections(most: 10, mostStrangers: 2);
        var visitor = Open(connections);
        await connections.MarkAsync(RequestOver(visitor), _ => Task.CompletedTask);
        var (first, second) = (Open(connections), Open(connections));

        var third = Open(connections);

        await CutAsync(first);
        Assert.All([visitor, second, third], open => Assert.False(open.ConnectionClosed.IsCancellationRequested));
    }

    [Fact]
    public async Task No_more_than_so_many_are_open_and_who_is_served_is_never_cut()
    {
        var connections = new OpenConnections(most: 2, mostStrangers: 5);
        var (resting, served) = (Open(connections), Open(connections));
        var (first, second) = (new TaskCompletionSource(), new TaskCompletionSource());
        var ending = connections.MarkAsync(RequestOver(resting), _ => first.Task);
        _ = connections.MarkAsync(RequestOver(served), _ => second.Task);

        await CutAsync(Open(connections));
        Assert.All([resting, served], open => Assert.False(open.ConnectionClosed.IsCancellationRequested));

        first.SetResult();
        await ending;
        var last = Open(connections);
        await CutAsync(resting);
        Assert.All([served, last], open => Assert.False(open.ConnectionClosed.IsCancellationRequested));
    }

    private static DefaultConnectionContext Open(OpenConnections connections)
    {
        var connection = new DefaultConnectionContext();
        _ = connections.Watch(_ => Task.Delay(Timeout.Infinite, Cancel))(connection);
        return connection;
    }

    private static DefaultHttpContext RequestOver(DefaultConnectionContext connection)
    {
        var http = new DefaultHttpContext();
        http.Features.Set<IConnectionItemsFeature>(connection);
        return http;
    }

    private static async Task CutAsync(DefaultConnectionContext connection)
    {
        var cut = new TaskCompletionSource();
        await using var heard = connection.ConnectionClosed.Register(cut.SetResult);
        await cut.Task.WaitAsync(Until.Limit, Cancel);
    }
}

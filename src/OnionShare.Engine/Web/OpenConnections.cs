using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace OnionShare.Engine.Web;

/// <summary>The connections of one server, so that they can be cut all at once, or only those that nobody has to wait for.</summary>
internal sealed class OpenConnections
{
    private static readonly object Welcome = new();

    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();

    public ConnectionDelegate Watch(ConnectionDelegate next) => async connection =>
    {
        _open.TryAdd(connection, true);
        try
        {
            await next(connection);
        }
        finally
        {
            _open.TryRemove(connection, out _);
        }
    };

    /// <summary>Request middleware behind the password gate: the connection has carried a request of somebody who was let in.</summary>
    public static Task MarkAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Features.Get<IConnectionItemsFeature>() is { } connection) connection.Items[Welcome] = Welcome;
        return next(context);
    }

    /// <summary>
    /// Cuts those that never carried a request of somebody who was let in: nothing is on its way to them, and one that sends its request a
    /// byte a minute would hold up the end of the service.
    /// </summary>
    public void AbortStrangers() => Abort(connection => !connection.Items.ContainsKey(Welcome));

    public void AbortAll() => Abort(_ => true);

    private void Abort(Func<ConnectionContext, bool> which)
    {
        foreach (var connection in _open.Keys.Where(which)) connection.Abort(new ConnectionAbortedException("The service was stopped."));
    }
}

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace OnionShare.Engine.Web;

/// <summary>The connections of one server, so that they can be cut all at once.</summary>
internal sealed class OpenConnections
{
    private readonly ConcurrentDictionary<ConnectionContext, bool> _open = new();

    /// <summary>Connection middleware that keeps count.</summary>
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

    /// <summary>Cuts them.</summary>
    public void AbortAll()
    {
        foreach (var connection in _open.Keys) connection.Abort(new ConnectionAbortedException("The service was stopped."));
    }
}

using System.Net.WebSockets;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>Connects members to the room by WebSocket (RFC 6455), one JSON message a frame.</summary>
internal sealed class SocketEndpoint(Room room, ServiceContext service)
{
    /// <summary>How long who has connected may take to join, and to answer when the connection is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    /// <summary>Answers a request for a WebSocket; returns when it is closed.</summary>
    public async Task RunAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || service.IsDraining)
        {
            http.Response.StatusCode = service.IsDraining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status400BadRequest;
            return;
        }

        var language = PageText.Of(http).Language;
        using var socket = await http.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = room.Limits.Pulse, KeepAliveTimeout = room.Limits.Silence });
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted);
        using var closing = service.Draining.Register(() => cut.CancelAfter(Farewell));
        using var frames = new SocketReader(socket, room.Limits, service.Time);
        try
        {
            if (await JoinAsync(socket, frames, language, cut.Token) is { } connection) await ServeAsync(socket, frames, connection, language, cut);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            socket.Abort(); // the visitor is gone, or has to go: nobody is left to be told
        }
    }

    private static bool IsBroken(Exception failure) => failure is WebSocketException or OperationCanceledException or IOException;

    private async Task<MemberConnection?> JoinAsync(WebSocket socket, SocketReader frames, Language language, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, service.Draining);
        limit.CancelAfter(Patience);
        while (true)
        {
            var message = await frames.ReadAsync(limit.Token);
            var connection = default(MemberConnection);
            Refused? refused;
            if (message is Join join)
            {
                var isIn = join.Token is { } token
                    ? room.TryResume(token, join.Seen, out connection, out refused)
                    : room.TryJoin(join.Name, null, out connection, out refused);
                if (isIn) return connection;
            }
            else
            {
                refused = frames.Refused ?? new Refused(RefusalCodes.NotJoined, Phrase.English("Join first."));
            }

            var isOver = message is null || refused!.Code is RefusalCodes.RoomClosed;
            if (!frames.IsClosed) await socket.SendAsync(refused!.In(language).Json, WebSocketMessageType.Text, true, limit.Token);
            if (!isOver) continue;
            await CloseAsync(socket, frames, limit.Token);
            limit.CancelAfter(Farewell);
            await frames.SkipAsync(limit.Token);
            return null;
        }
    }

    private async Task ServeAsync(WebSocket socket, SocketReader frames, MemberConnection connection, Language language, CancellationTokenSource cut)
    {
        var sending = SendAllAsync(socket, frames, connection.Outbox, cut);
        try
        {
            while (await frames.ReadAsync(cut.Token) is { } message)
            {
                if (Handle(connection, message) is { } answer) room.Answer(connection, answer is Refused no ? no.In(language) : answer);
            }

            if (frames.Refused is { } refused) room.Answer(connection, refused.In(language));
            room.Leave(connection);
            await sending;
            await frames.SkipAsync(cut.Token);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            socket.Abort();
        }
        finally
        {
            // Whatever happened, also what should never happen: without a connection there is no presence.
            room.Disconnect(connection);
            await sending;
        }
    }

    private RoomMessage? Handle(MemberConnection connection, ClientMessage message) => message switch
    {
        Say say => room.Say(connection, say.N, say.Text),
        Rename rename => room.Rename(connection, rename.Name),
        Ping => new Pong(),
        _ => new Refused(RefusalCodes.AlreadyJoined, Phrase.English("You are in the room already.")),
    };

    private static async Task SendAllAsync(WebSocket socket, SocketReader frames, Outbox outbox, CancellationTokenSource cut)
    {
        using var dropped = CancellationTokenSource.CreateLinkedTokenSource(cut.Token, outbox.Dropped);
        try
        {
            await foreach (var message in outbox.ReadAllAsync(dropped.Token))
                await socket.SendAsync(message.Json, WebSocketMessageType.Text, true, dropped.Token);
            outbox.Dropped.ThrowIfCancellationRequested();
            await CloseAsync(socket, frames, dropped.Token);
            cut.CancelAfter(Farewell);
        }
        catch (Exception broken) when (IsBroken(broken))
        {
            socket.Abort();
        }
    }

    private static async Task CloseAsync(WebSocket socket, SocketReader frames, CancellationToken cancellationToken)
    {
        if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(frames.CloseStatus, null, cancellationToken);
    }
}

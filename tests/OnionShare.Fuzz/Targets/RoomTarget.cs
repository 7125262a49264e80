using System.Net.WebSockets;
using System.Text;
using CsCheck;
using Microsoft.AspNetCore.Http;
using OnionShare.Contracts;
using OnionShare.Engine;
using OnionShare.Fuzz.Inputs;

namespace OnionShare.Fuzz.Targets;

/// <summary>What a room says to somebody who enters it: events, or a documented problem.</summary>
internal sealed class RoomTarget : Target<byte[][]>
{
    private readonly HostileServer _server = new();
    private Engine.Engine? _engine;

    public override string Name => "room";

    public override int Count => 300;

    // In UTF-8: what is not ends the connection, and is tried again as all that breaks off.
    protected override Gen<byte[][]> Inputs { get; } = Mutation.Of(
        Corpus.Texts("room"), "\"type\":", "\"welcome\"", "\"said\"", "\"refused\"", "\"members\":", "\"n\":", "\"seq\":", "\"id\":", "null", "[]", "{}", "\\ud800").Select(Encoding.UTF8.GetBytes).Array[1, 6];

    public override async Task PrepareAsync(string folder)
    {
        _engine = new Engine.Engine(new EngineOptions { StateFolder = Path.Combine(folder, "state") }, TimeProvider.System);
        await _server.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        await _server.DisposeAsync();
    }

    protected override async Task JudgeAsync(byte[][] input)
    {
        _server.Answer = http => AnswerAsync(http, input);
        // The room is always closed at the end, so that nobody comes back.
        await foreach (var one in _engine!.Remote.ChatAsync(new ChatVisitRequest { Url = _server.Url, LocalOnly = true, Name = "Anna" }, CancellationToken.None))
        {
            if (one.Problem is { } problem)
            {
                NotHeldException.Unless(problem.Code != ProblemCodes.Internal, $"a problem nobody has thought of: {problem.Detail}");
                NotHeldException.Unless(!problem.Detail.Any(char.IsControl), $"a control character in a problem: {problem.Detail}");
            }
        }
    }

    protected override string Show(byte[][] input) => string.Join("; ", input.Select(message => Corpus.Escape(message)));

    private static async Task AnswerAsync(HttpContext http, byte[][] messages)
    {
        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"schema":1,"mode":"chat","room":{"protocol":1,"socket":"/socket"}}""");
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        try
        {
            foreach (var message in messages.Append("{\"type\":\"closed\",\"seq\":99}"u8.ToArray()))
                await socket.SendAsync(message, WebSocketMessageType.Text, true, http.RequestAborted);
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, http.RequestAborted);
            while (socket.State is WebSocketState.CloseSent) await socket.ReceiveAsync(new byte[4096], http.RequestAborted);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException or IOException)
        {
            // The visitor has left.
        }
    }
}

using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using OnionShare.Engine.Modes.Chat;

namespace OnionShare.Engine.Clients.Chatting;

/// <summary>
/// A seat in somebody else's chat room: comes back to it by itself when the connection is lost, catches up with what was said, and says again what the room
/// had not heard.
/// </summary>
internal sealed class ChatVisit(Visit visit, string? name, TimeProvider time)
{
    private const int MostMembers = 10_000;
    private const int MostTooFast = 60;
    private static readonly TimeSpan[] Delays = [.. new[] { 0.5, 1, 2, 4, 8, 15, 30 }.Select(TimeSpan.FromSeconds)];
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3); // connecting through tor may take most of it

    private readonly Lock _lock = new();
    private readonly SortedDictionary<long, Unheard> _unheard = [];
    private readonly Dictionary<int, string> _members = [];
    private RoomFrames? _frames;
    private string? _token;
    private string? _name = name;
    private int _me;
    private long _seen;
    private long _lastN;
    private bool _isIn;
    private bool _wasIn;

    /// <summary>Names the seat towards this computer's own programs.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>What happens, until the room closes or the token says so.</summary>
    public async Task RunAsync(Func<ChatEvent, ValueTask> tell, CancellationToken cancellationToken)
    {
        await visit.ReadyAsync(cancellationToken);
        var catalog = await Catalog.ReadAsync(visit, time, Catalog.Patience, cancellationToken);
        if (catalog.Kind != RemoteKind.Chat)
            throw new ProblemException(new Problem(ProblemCodes.RemoteRefused, "The service is no chat room.", "Get-OnionFile tells what it is."));
        if (catalog.Index?.Room is not { Protocol: 1, Socket: { } socket })
            throw new ProblemException(new Problem(ProblemCodes.RemoteRefused, "The room is of another program or version.", "Enter it with Tor Browser."));
        for (var failures = 0; ;)
        {
            try
            {
                if (await StayAsync(socket, tell, cancellationToken)) return;
                failures = 0;
            }
            catch (Exception broken) when (!cancellationToken.IsCancellationRequested
                && broken is WebSocketException or HttpRequestException or IOException && broken.InnerException is not ProblemException)
            {
                if (_isIn) failures = 0;
            }

            if (_isIn || failures == 0) await tell(Event(ChatEventType.Lost) with { Text = visit.Trouble });
            lock (_lock) (_frames, _isIn) = (null, false);
            if (!_wasIn && failures >= Delays.Length) throw ClientProblems.Unreachable(TimeSpan.FromMinutes(1), visit.Trouble, isKept: false);
            await Task.Delay(Delays[Math.Min(failures++, Delays.Length - 1)], time, cancellationToken);
        }
    }

    /// <summary>Says something; returns when the room has it.</summary>
    /// <exception cref="ProblemException">It refused.</exception>
    public async Task SayAsync(string text, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            Unheard message;
            RoomFrames? frames;
            lock (_lock)
            {
                message = new Unheard(text) { N = ++_lastN };
                _unheard.Add(message.N, message);
                frames = _isIn ? _frames : null;
            }

            if (frames is not null) await TrySendAsync(frames, Say(message), cancellationToken);
            var refused = await message.Heard.Task.WaitAsync(cancellationToken);
            if (refused is null) return;
            if (refused.Value.Code != RefusalCodes.TooFast || attempt == MostTooFast) throw ClientProblems.RefusedByRoom(refused.Value.Code, refused.Value.Words);
            await Task.Delay(TimeSpan.FromSeconds(1), time, cancellationToken);
        }
    }

    /// <summary>Asks for another name; what comes of it is an event.</summary>
    public async Task RenameAsync(string newName, CancellationToken cancellationToken)
    {
        RoomFrames? frames;
        lock (_lock) frames = _isIn ? _frames : null;
        if (frames is null) throw new ProblemException(new Problem(ProblemCodes.RemoteUnreachable, "The connection to the room is lost just now.", "Try again when it is back."));
        await frames.SendAsync(new JsonObject { ["type"] = "rename", ["name"] = newName }, cancellationToken);
    }

    // True when the room was closed.
    private async Task<bool> StayAsync(string path, Func<ChatEvent, ValueTask> tell, CancellationToken cancellationToken)
    {
        var circuit = visit.TakeCircuit();
        using var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = KeepAlive;
        socket.Options.KeepAliveTimeout = Silence;
        try
        {
            await ConnectAsync(socket, path, circuit, cancellationToken);
            var frames = new RoomFrames(socket);
            // Who leaves says so, and reads on until the room has heard it: the others are to see it at once.
            using var reading = new CancellationTokenSource();
            await using var leaving = cancellationToken.Register(() => _ = frames.LeaveAsync(reading));
            await frames.SendAsync(JoinMessage(), reading.Token);
            while (await frames.ReadAsync(reading.Token) is { } message)
            {
                if (cancellationToken.IsCancellationRequested) continue;
                var kind = Text(message, "type");
                if (kind == "welcome")
                {
                    await EnterAsync(frames, message, tell, cancellationToken);
                }
                else if (kind == "refused")
                {
                    await RefusedAsync(frames, message, tell, cancellationToken);
                }
                else if (kind == "closed")
                {
                    await tell(Event(ChatEventType.Closed));
                    return true;
                }
                else if (Hear(kind, message) is { } heard)
                {
                    await tell(heard);
                }
            }

            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }
        finally
        {
            circuit.Dispose();
        }
    }

    private async Task ConnectAsync(ClientWebSocket socket, string path, Circuit circuit, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await socket.ConnectAsync(new UriBuilder(visit.Address.At(path)) { Scheme = "ws" }.Uri, circuit.Http, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("the room does not answer", late);
        }
    }

    private JsonObject JoinMessage() => _token is null
        ? _name is null ? new JsonObject { ["type"] = "join" } : new JsonObject { ["type"] = "join", ["name"] = _name }
        : new JsonObject { ["type"] = "join", ["token"] = _token, ["seen"] = _seen };

    private async Task EnterAsync(RoomFrames frames, JsonElement message, Func<ChatEvent, ValueTask> tell, CancellationToken cancellationToken)
    {
        var isBack = message.TryGetProperty("caughtUp", out var caughtUp);
        var hasGap = _wasIn && !(isBack && caughtUp.ValueKind == JsonValueKind.True);
        List<Unheard> again;
        lock (_lock)
        {
            (_me, _token, _seen, _name) = ((int)Number(message, "id"), Text(message, "token"), Number(message, "since"), Text(message, "name"));
            _members.Clear();
            if (message.TryGetProperty("members", out var members) && members.ValueKind == JsonValueKind.Array)
                foreach (var member in members.EnumerateArray().Take(MostMembers)) _members[(int)Number(member, "id")] = Text(member, "name");
            var known = isBack ? Number(message, "n") : 0;
            again = [.. _unheard.Values];
            _unheard.Clear();
            foreach (var heard in again.Where(one => isBack && one.N <= known)) heard.Heard.TrySetResult(null);
            again.RemoveAll(one => isBack && one.N <= known);
            if (!isBack) _lastN = 0;
            foreach (var one in again)
            {
                if (!isBack) one.N = ++_lastN;
                _unheard.Add(one.N, one);
            }

            _frames = frames;
            _isIn = _wasIn = true;
        }

        foreach (var one in again) await frames.SendAsync(Say(one), cancellationToken);
        await tell(Event(ChatEventType.Entered) with { Room = Id, Name = _name, Member = _me, IsOwn = true, HasGap = hasGap, Members = [.. _members.Values] });
    }

    private async Task RefusedAsync(RoomFrames frames, JsonElement message, Func<ChatEvent, ValueTask> tell, CancellationToken cancellationToken)
    {
        var (code, words) = (Text(message, "code"), Text(message, "reason"));
        if (Number(message, "n") is not 0 and var number)
        {
            Unheard? refused;
            lock (_lock)
                if (_unheard.Remove(number, out refused)) refused.Heard.TrySetResult((code, words));
            return;
        }

        if (_isIn)
        {
            await tell(Event(ChatEventType.Refused) with { Text = words });
            return;
        }

        // Not let in: anew if the seat is gone, without the name if somebody else has it by now.
        if (_token is not null) _token = null;
        else if (_wasIn && _name is not null && code == RefusalCodes.NameInUse) _name = null;
        else throw ClientProblems.RefusedByRoom(code, words);
        await frames.SendAsync(JoinMessage(), cancellationToken);
    }

    private ChatEvent? Hear(string kind, JsonElement message)
    {
        var seq = Number(message, "seq");
        if (seq == 0 || seq <= _seen) return null;
        _seen = seq;
        var (id, who) = ((int)Number(message, "id"), Text(message, "name"));
        var about = Event(ChatEventType.Said) with { Member = id, Name = who, IsOwn = id == _me };
        lock (_lock)
        {
            switch (kind)
            {
                case "said":
                    if (id == _me && _unheard.Remove(Number(message, "n"), out var own)) own.Heard.TrySetResult(null);
                    return about with { Text = Text(message, "text") };
                case "joined":
                    if (_members.Count < MostMembers) _members[id] = who;
                    return id == _me ? null : about with { Type = ChatEventType.Joined };
                case "left":
                    _members.Remove(id);
                    return about with { Type = ChatEventType.Left };
                case "renamed":
                    _members[id] = who;
                    if (id == _me) _name = who;
                    return about with { Type = ChatEventType.Renamed, OldName = Text(message, "oldName") };
                case "away":
                    return about with { Type = ChatEventType.Away };
                case "back":
                    return about with { Type = ChatEventType.Back };
                default:
                    return null;
            }
        }
    }

    private ChatEvent Event(ChatEventType type) => new() { Type = type, Time = time.GetUtcNow() };

    private static JsonObject Say(Unheard message) => new() { ["type"] = "say", ["n"] = message.N, ["text"] = message.Text };

    private static async Task TrySendAsync(RoomFrames frames, JsonObject message, CancellationToken cancellationToken)
    {
        try
        {
            await frames.SendAsync(message, cancellationToken);
        }
        catch (Exception gone) when (gone is WebSocketException or IOException or ObjectDisposedException)
        {
            // It is said again when the connection is back.
        }
    }

    private static string Text(JsonElement message, string property) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static long Number(JsonElement message, string property) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : 0;

    private sealed class Unheard(string text)
    {
        public string Text { get; } = text;

        public long N { get; set; }

        public TaskCompletionSource<(string Code, string Words)?> Heard { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

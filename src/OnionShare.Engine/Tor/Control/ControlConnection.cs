using System.IO.Pipelines;
using System.Text;

namespace OnionShare.Engine.Tor.Control;

/// <summary>
/// A connection to tor's control port. One loop reads; replies go to the commands in the order these were sent, events to
/// <see cref="EventReceived"/>. Safe for many callers at once.
/// </summary>
public sealed class ControlConnection : IAsyncDisposable
{
    // tor answers within milliseconds. One that is silent for this long hangs, and the connection is given up.
    private static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(60);

    // The events that are always asked for (control-spec 3.4), the most first. A filter in front of tor may refuse some; only descriptors are indispensable.
    private static readonly string[] EventSets = ["STATUS_CLIENT STATUS_GENERAL HS_DESC", "STATUS_CLIENT HS_DESC", "HS_DESC"];

    private readonly IDuplexPipe _pipe;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private readonly Queue<TaskCompletionSource<ControlReply>> _pending = new();
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly List<string> _watched = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource<ControlClosedException> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _reading;
    private ControlClosedException? _reason;
    private string? _events;

    /// <summary>Takes over the pipe and begins to read. No event comes before a SETEVENTS, so none is missed.</summary>
    public ControlConnection(IDuplexPipe pipe, TimeProvider time, ILogger logger)
    {
        _pipe = pipe;
        _time = time;
        _logger = logger;
        _reading = Task.Run(ReadAllAsync);
    }

    /// <summary>Raised for every event, in order, on the reading loop: a handler must neither block nor wait for a reply.</summary>
    public event Action<ControlEvent>? EventReceived;

    /// <summary>Completes, with the reason, when the connection is closed or broken. Every pending command has failed by then.</summary>
    public Task<ControlClosedException> Closed => _closed.Task;

    /// <summary>
    /// Sends a command and waits for its reply. When the wait is cancelled the command may have been done all the same; its reply is
    /// still awaited and dropped, so that the next command gets its own.
    /// </summary>
    /// <param name="command">One command, without the line's end.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ArgumentException">The command holds CR, LF or NUL.</exception>
    /// <exception cref="ControlRefusedException">tor answered with an error.</exception>
    /// <exception cref="ControlClosedException">The connection is closed, or breaks before the reply has come.</exception>
    public Task<ControlReply> SendAsync(string command, CancellationToken cancellationToken) => SendAsync(command, ReplyLimit, cancellationToken);

    /// <summary>As <see cref="SendAsync(string, CancellationToken)"/>, but with another limit than the usual 60 s after which the connection is given up.</summary>
    public async Task<ControlReply> SendAsync(string command, TimeSpan limit, CancellationToken cancellationToken)
    {
        ControlText.RefuseLineBreaks(command);
        var verb = command.Split(' ', 2)[0];
        var pending = new TaskCompletionSource<ControlReply>(TaskCreationOptions.RunContinuationsAsynchronously);
        await _writing.WaitAsync(cancellationToken);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            lock (_lock)
            {
                if (_reason is { } reason)
                    throw Broken(reason);
                _pending.Enqueue(pending);
            }

            // Half a command would garble the next one: once begun it is written whole.
            await _pipe.Output.WriteAsync(Encoding.UTF8.GetBytes(command + "\r\n"), CancellationToken.None)
                .AsTask().WaitAsync(limit, _time, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or InvalidOperationException or TimeoutException)
        {
            Close(new ControlClosedException($"tor's control connection broke: {e.Message}", e));
        }
        finally
        {
            _writing.Release();
        }

        // The arguments may be secret: only the verb is ever logged.
        _logger.LogTrace("Sent {Verb} to tor", verb);
        try
        {
            var reply = await pending.Task.WaitAsync(limit, _time, cancellationToken);
            return reply.IsSuccess ? reply : throw new ControlRefusedException(verb, reply.Code, reply.Lines[^1].Text);
        }
        catch (TimeoutException)
        {
            var hung = new ControlClosedException($"tor did not answer {verb} within {limit.TotalSeconds:0} s.");
            Close(hung);
            throw hung;
        }
    }

    /// <summary>Asks for the events that are always needed.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorRefused"/>: it can't be learnt whether onions are published.</exception>
    internal async Task SubscribeAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            foreach (var events in EventSets)
            {
                if (_events is null && await TryEventsAsync(events))
                    _events = events;
            }

            if (_events is null)
            {
                throw new ProblemException(
                    ProblemCodes.TorRefused,
                    "A filter in front of tor's control port blocks HS_DESC events, which tell when a service is published.",
                    "Allow SETEVENTS HS_DESC in the control port filter (onion-grater).");
            }

            if (_watched.Count > 0)
                await AskForWatchedAsync(_events);
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Asks for events of one more type as long as the result is not disposed. Where they are refused, none come.</summary>
    /// <param name="type">Such as <c>CIRC_BW</c>.</param>
    /// <param name="cancellationToken">Ends the wait for others who ask.</param>
    internal async Task<IAsyncDisposable> WatchAsync(string type, CancellationToken cancellationToken)
    {
        await ChangeWatchedAsync(() => _watched.Add(type), cancellationToken);
        return new Watch(this, type);
    }

    /// <summary>Closes the connection; pending commands fail.</summary>
    public async ValueTask DisposeAsync()
    {
        Close(new ControlClosedException("The control connection was closed."));
        await _reading;
    }

    private async Task ChangeWatchedAsync(Action change, CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            // Always let finish, so that the list and tor agree.
            change();
            if (_events is { } events)
                await AskForWatchedAsync(events);
        }
        finally
        {
            _asking.Release();
        }
    }

    // SETEVENTS replaces what was asked for before. What one asks for in vain must not cost another what it has: then tor is asked for one after the other.
    private async Task AskForWatchedAsync(string events)
    {
        if (await TryEventsAsync(string.Join(' ', _watched.Distinct().Prepend(events))))
            return;
        await TryEventsAsync(events);
        foreach (var type in _watched.Distinct())
        {
            if (await TryEventsAsync($"{events} {type}"))
                events += " " + type;
        }
    }

    private async Task<bool> TryEventsAsync(string events)
    {
        try
        {
            await SendAsync("SETEVENTS " + events, CancellationToken.None);
            return true;
        }
        catch (ControlRefusedException)
        {
            return false;
        }
    }

    private async Task ReadAllAsync()
    {
        var reason = new ControlClosedException("tor closed its control connection.");
        try
        {
            var reader = new ControlReader(_pipe.Input);
            while (await reader.ReadAsync(_stop.Token) is { } reply)
            {
                if (reply.IsEvent)
                    Raise(ControlEvent.Of(reply));
                else if (!Answer(reply))
                    throw new ControlProtocolException("tor sent a reply that nothing had asked for.");
            }
        }
        catch (OperationCanceledException)
        {
            // Close has told the reason already.
        }
        catch (Exception e)
        {
            reason = new ControlClosedException($"tor's control connection broke: {e.Message}", e);
        }

        Close(reason);
        await _pipe.Input.CompleteAsync();
        await _pipe.Output.CompleteAsync();
    }

    private bool Answer(ControlReply reply)
    {
        lock (_lock)
        {
            if (!_pending.TryDequeue(out var pending))
                return false;
            pending.TrySetResult(reply);
            return true;
        }
    }

    private void Raise(ControlEvent happened)
    {
        try
        {
            EventReceived?.Invoke(happened);
        }
        catch (Exception e)
        {
            _logger.LogError(e, "A listener to tor's {Type} events failed", happened.Type);
        }
    }

    private void Close(ControlClosedException reason)
    {
        TaskCompletionSource<ControlReply>[] pending;
        lock (_lock)
        {
            if (_reason is not null)
                return;
            _reason = reason;
            pending = [.. _pending];
            _pending.Clear();
        }

        foreach (var command in pending)
            command.TrySetException(Broken(reason));
        _stop.Cancel();
        _closed.TrySetResult(reason);
    }

    // A new exception for each caller: one that is thrown twice loses its first stack.
    private static ControlClosedException Broken(ControlClosedException reason) => new(reason.Message, reason);

    private sealed class Watch(ControlConnection control, string type) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            if (!control.Closed.IsCompleted)
                await control.ChangeWatchedAsync(() => control._watched.Remove(type), CancellationToken.None);
        }
    }
}

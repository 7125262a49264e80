using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// A chat room: who is in it, and what they say to one another. It knows nothing of how members are connected, beyond one
/// <see cref="Outbox"/> each. Nothing of it is stored; when it is closed nothing is left.
/// </summary>
public sealed class Room : IDisposable
{
    private readonly TimeProvider _time;
    private readonly SeatTokens _tokens = new();
    private readonly MessageHistory _history;
    private readonly ITimer _sweeper;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Member> _byToken = new(StringComparer.Ordinal);
    private readonly NameBook _names;
    private readonly Dictionary<string, TaskCompletionSource> _awaited = new(StringComparer.Ordinal);
    private int _lastId;
    private long _seq;
    private bool _isClosed;

    public Room(Func<string> drawName, TimeProvider time, RoomLimits? limits = null)
    {
        Limits = limits ?? new RoomLimits();
        _time = time;
        _names = new NameBook(drawName);
        _history = new MessageHistory(time, Limits);
        _sweeper = time.CreateTimer(_ => Sweep(), null, SweepEvery, Timeout.InfiniteTimeSpan);
    }

    public RoomLimits Limits { get; }

    /// <summary>How many people are present: those with a connection that lives.</summary>
    public int PresentCount
    {
        get { lock (_lock) return _byToken.Values.Count(member => member.Outbox is not null); }
    }

    private TimeSpan SweepEvery => Limits.Gap / 12;

    /// <summary>A token for somebody who will join by it; see <see cref="TryJoin"/>.</summary>
    public string DrawToken() => _tokens.Draw();

    /// <param name="name">The name asked for; null to draw one.</param>
    /// <param name="token">A token of <see cref="DrawToken"/> that no member has; null to draw one.</param>
    /// <param name="connection">What was got: the member and the connection.</param>
    /// <param name="refused">Why not.</param>
    public bool TryJoin(string? name, string? token, out MemberConnection connection, out Refused? refused)
    {
        connection = default;
        lock (_lock)
        {
            Sweep(rearm: false);
            refused = _isClosed ? new Refused(RefusalCodes.RoomClosed, new Phrase("chat.script.closed"))
                : _byToken.Count >= Limits.Members ? new Refused(RefusalCodes.Full, new Phrase("chat.refused.full", ("count", Limits.Members)))
                : token is not null && (!_tokens.IsOwn(token) || _byToken.ContainsKey(token)) ? new Refused(RefusalCodes.SeatGone, new Phrase("chat.refused.open-anew"))
                : null;
            if (refused is not null || _names.Choose(name, null, out refused) is not { } chosen) return false;
            var member = new Member(++_lastId, chosen, token ?? _tokens.Draw(), _seq, Limits, _time);
            _byToken.Add(member.Token, member);
            _names.Add(member);
            connection = Connect(member, null);
            Publish(new Joined { Seq = ++_seq, Id = member.Id, Name = member.Name });
            return true;
        }
    }

    /// <summary>Lets a member back in over another connection. One that still lives is dropped.</summary>
    /// <param name="token">The member's token.</param>
    /// <param name="seen">The latest event seen; null for none.</param>
    /// <param name="connection">What was got: the member and the connection.</param>
    /// <param name="refused">Why not.</param>
    public bool TryResume(string token, long? seen, out MemberConnection connection, out Refused? refused)
    {
        connection = default;
        lock (_lock)
        {
            Sweep(rearm: false);
            if (!_byToken.TryGetValue(token, out var member))
            {
                refused = _isClosed ? new Refused(RefusalCodes.RoomClosed, new Phrase("chat.script.closed"))
                    : new Refused(RefusalCodes.SeatGone, new Phrase("chat.refused.seat-gone"));
                return false;
            }

            refused = null;
            var wasAway = member.Outbox is null;
            member.Outbox?.Drop();
            connection = Connect(member, Math.Max(seen ?? 0, member.Since));
            if (wasAway) Publish(new Back { Seq = ++_seq, Id = member.Id, Name = member.Name });
            return true;
        }
    }

    /// <summary>The member with that token who is present; null if there is none. For who sends over another connection than they read.</summary>
    public MemberConnection? Find(string token)
    {
        lock (_lock)
        {
            return _byToken.TryGetValue(token, out var member) && member.Outbox is { } outbox ? new MemberConnection(member, outbox) : null;
        }
    }

    /// <summary>Waits until a member with that token is present; no longer than the limit, and not at all for a token this room has not drawn.</summary>
    public async Task WhenPresentAsync(string token, TimeSpan limit, CancellationToken cancellationToken)
    {
        TaskCompletionSource? awaited;
        lock (_lock)
        {
            if (_isClosed || !_tokens.IsOwn(token) || _byToken.GetValueOrDefault(token)?.Outbox is not null) return;
            if (!_awaited.TryGetValue(token, out awaited)) _awaited[token] = awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        try
        {
            await awaited.Task.WaitAsync(limit, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller looks for itself, and says so to its visitor.
        }
        finally
        {
            lock (_lock) _awaited.Remove(token);
        }
    }

    /// <summary>Tells everybody in the room, the sender too, what a member says.</summary>
    /// <returns>Why not; null when it was said, now or before.</returns>
    public Refused? Say(MemberConnection sender, long n, string text)
    {
        var clean = MessageText.Clean(text, Limits.MessageBytes, out var refused);
        lock (_lock)
        {
            var member = sender.Member;
            if (!IsPresent(sender)) return new Refused(RefusalCodes.NotJoined, new Phrase("chat.refused.not-in"), n);
            if (n <= member.N) return null;
            member.N = n;
            if (!member.Messages.TryTake()) return new Refused(RefusalCodes.TooFast, new Phrase("chat.refused.too-fast"), n);
            if (clean is null) return refused! with { N = n };
            Publish(new Said { Seq = ++_seq, Id = member.Id, Name = member.Name, Text = clean, N = n });
            return null;
        }
    }

    /// <returns>Why not; null when it was done.</returns>
    public Refused? Rename(MemberConnection sender, string name)
    {
        lock (_lock)
        {
            var member = sender.Member;
            if (!IsPresent(sender)) return new Refused(RefusalCodes.NotJoined, new Phrase("chat.refused.not-in"));
            if (_names.Choose(name, member, out var refused) is not { } chosen) return refused;
            if (chosen.Text == member.Name) return null;
            if (!member.Renames.TryTake()) return new Refused(RefusalCodes.TooFast, new Phrase("chat.refused.renames"));
            var oldName = member.Name;
            _names.Remove(member);
            member.NameAndSkeleton = chosen;
            _names.Add(member);
            Publish(new Renamed { Seq = ++_seq, Id = member.Id, Name = member.Name, OldName = oldName });
            return null;
        }
    }

    public void Answer(MemberConnection connection, RoomMessage message)
    {
        lock (_lock)
        {
            if (IsPresent(connection) && !connection.Outbox.TryAdd(message)) Lose(connection.Member);
        }
    }

    /// <summary>The member goes. The connection is completed with it: who has left does not listen.</summary>
    public void Leave(MemberConnection connection)
    {
        lock (_lock)
        {
            if (IsPresent(connection)) Remove(connection.Member);
        }
    }

    /// <summary>The connection broke; the member is away, and the seat is kept for a while.</summary>
    public void Disconnect(MemberConnection connection)
    {
        lock (_lock)
        {
            if (IsPresent(connection)) Lose(connection.Member);
        }
    }

    public IReadOnlyList<Present> List()
    {
        lock (_lock)
        {
            return [.. _byToken.Values.OrderBy(member => member.Name, StringComparer.OrdinalIgnoreCase)
                .Select(member => new Present(member.Id, member.Name, member.Outbox is null))];
        }
    }

    /// <summary>Tells everybody that the room was closed, and forgets everything.</summary>
    public bool Close()
    {
        bool wasHeard;
        lock (_lock)
        {
            if (_isClosed) return false;
            wasHeard = _byToken.Values.Any(member => member.Outbox is not null);
            Publish(new Closed { Seq = ++_seq });
            _isClosed = true;
            foreach (var member in _byToken.Values) member.Outbox?.Complete();
            foreach (var member in _byToken.Values) member.Outbox = null;
            _byToken.Clear();
            _names.Clear();
            _history.Clear();
        }

        _sweeper.Dispose();
        return wasHeard;
    }

    public void Dispose() => Close();

    private static bool IsPresent(MemberConnection connection) => connection.Member.Outbox is { } outbox && outbox == connection.Outbox;

    /// <param name="member">The member.</param>
    /// <param name="seen">The latest event that who comes back has seen; null for who is new.</param>
    private MemberConnection Connect(Member member, long? seen)
    {
        var since = seen is { } latest ? Math.Min(Math.Max(latest, _history.Forgotten), _seq) : _seq;
        member.Outbox = Outbox.None; // so that the list shows the member as present
        var welcome = new Welcome
        {
            Id = member.Id,
            Name = member.Name,
            Token = member.Token,
            Since = since,
            Seq = _seq,
            N = member.N,
            CaughtUp = seen is null ? null : since == seen,
            Members = List(),
        };
        member.Outbox = new Outbox(Limits, [welcome, .. _history.After(since)]);
        if (_awaited.Remove(member.Token, out var awaited)) awaited.SetResult();
        return new MemberConnection(member, member.Outbox);
    }

    private void Publish(RoomEvent roomEvent)
    {
        _history.Add(roomEvent);
        List<Member>? slow = null;
        foreach (var member in _byToken.Values)
        {
            if (member.Outbox?.TryAdd(roomEvent) != false) continue;
            Unplug(member);
            (slow ??= []).Add(member);
        }

        foreach (var member in slow ?? []) Publish(new Away { Seq = ++_seq, Id = member.Id, Name = member.Name });
    }

    private void Lose(Member member)
    {
        Unplug(member);
        Publish(new Away { Seq = ++_seq, Id = member.Id, Name = member.Name });
    }

    private void Unplug(Member member)
    {
        member.Outbox!.Drop();
        member.Outbox = null;
        member.AwaySince = _time.GetUtcNow();
    }

    private void Remove(Member member)
    {
        var outbox = member.Outbox;
        member.Outbox = null;
        _byToken.Remove(member.Token);
        _names.Remove(member);
        outbox?.Complete();
        Publish(new Left { Seq = ++_seq, Id = member.Id, Name = member.Name });
    }

    private void Sweep(bool rearm = true)
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _history.Forget();
            var latest = _time.GetUtcNow() - Limits.Gap;
            foreach (var member in _byToken.Values.Where(member => member.Outbox is null && member.AwaySince <= latest).ToList()) Remove(member);
            if (rearm) _sweeper.Change(SweepEvery, Timeout.InfiniteTimeSpan);
        }
    }
}

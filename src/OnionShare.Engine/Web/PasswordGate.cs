using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Passwords;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web;

/// <summary>
/// Lets in only who knows the password: Basic authentication (RFC 7617), user <c>onionshare</c>. Nothing of a request is read or acted on
/// before, WebSocket upgrades included. A new wrong password is answered late; a repeated one, which teaches a guesser nothing, at once.
/// After <see cref="PasswordGateOptions.GuessLimit"/> different ones the gate is closed to everybody. A browser that came in by a link with the
/// password in it is sent to the same address without it. Use it with
/// <c>app.Use(gate.InvokeAsync)</c>, right behind <see cref="HostFilter"/>.
/// </summary>
public sealed class PasswordGate : IDisposable
{
    private static readonly object Asked = new();

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly PasswordGateOptions _options;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _disposed = new();
    private readonly CancellationToken _stopping;
    private readonly Lock _lock = new();
    private readonly byte[] _user;
    private readonly HashSet<string> _wrong = [];
    private readonly Queue<string> _wrongByAge = new();
    private byte[] _password;
    private int _wrongCount;
    private int _guessLimit;
    private bool _closed;

    /// <summary>Makes a gate with its password; see <see cref="Replace"/>.</summary>
    public PasswordGate(string password, PasswordGateOptions? options = null, TimeProvider? clock = null)
    {
        _options = options ?? new PasswordGateOptions();
        _clock = clock ?? TimeProvider.System;
        _stopping = _disposed.Token;
        _guessLimit = _options.GuessLimit;
        _user = Digest(ServiceUrl.User);
        _password = Digest(PasswordText.Checked(password));
    }

    private enum Verdict
    {
        Right,
        WrongUser,
        Repeated,
        Wrong,
        LastWrong,
        Closed,
    }

    /// <summary>Different wrong passwords since the password was set.</summary>
    public int WrongPasswords
    {
        get
        {
            lock (_lock) return _wrongCount;
        }
    }

    /// <summary>Different wrong passwords after which the gate closes; 0 = never. A lower one counts from the next wrong password on.</summary>
    public int GuessLimit
    {
        get
        {
            lock (_lock) return _guessLimit;
        }

        set
        {
            lock (_lock) _guessLimit = value;
        }
    }

    /// <summary>Sets another password; the count of wrong ones starts anew, and a gate closed by guessing opens.</summary>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.InvalidRequest"/>: it is empty, holds control characters (RFC 7617 §2), is longer than 256 characters, or is
    /// not well-formed Unicode.
    /// </exception>
    public void Replace(string password)
    {
        var digest = Digest(PasswordText.Checked(password));
        lock (_lock)
        {
            _password = digest;
            _wrong.Clear();
            _wrongByAge.Clear();
            _wrongCount = 0;
            _closed = false;
        }
    }

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (!BasicCredentials.TryRead(headers.Authorization, out var credentials))
        {
            await AskAsync(context);
            return;
        }

        var verdict = Judge(credentials, out var count);
        switch (verdict)
        {
            case Verdict.Right:
                headers.Remove("Authorization"); // nothing behind the gate needs it or may log it
                if (IsFirstPage(context)) SendOn(context);
                else await next(context);
                break;
            case Verdict.Closed:
                await ErrorPages.Refuse(context, StatusCodes.Status503ServiceUnavailable);
                break;
            case Verdict.Wrong or Verdict.LastWrong:
                await TellAndDelayAsync(count, isLast: verdict == Verdict.LastWrong, context.RequestAborted);
                await AskAsync(context);
                break;
            default:
                await AskAsync(context);
                break;
        }
    }

    /// <summary>Ends all delays, so that a server that stops need not wait for them.</summary>
    public void Dispose()
    {
        if (_stopping.IsCancellationRequested) return;
        _disposed.Cancel();
        _disposed.Dispose();
    }

    /// <summary>
    /// Whether a browser shows this page because it has just been asked for the password, over this connection. A page that was opened by a link with
    /// the password in it keeps that in its address, and browsers let no script of it fetch anything (Fetch §5.4: a URL with credentials is a
    /// TypeError). They remember the password for the whole service, so the same address without it works. Programs (curl, wget, PowerShell) do not
    /// run scripts, and not all would send the password again. There is no loop: each such answer needs a 401 before it.
    /// </summary>
    private static bool IsFirstPage(HttpContext context)
    {
        var items = context.Features.Get<IConnectionItemsFeature>()?.Items;
        if (items is null || !items.TryGetValue(Asked, out var asked)) return false;
        items.Remove(Asked);
        return (string?)asked == TargetOf(context) && IsNavigation(context.Request);
    }

    private static bool IsNavigation(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && (request.Headers["Sec-Fetch-Dest"] is [{ } destination] ? destination == "document" : request.Headers.UpgradeInsecureRequests == "1");

    // In full: a relative address would take the user and the password over (RFC 3986 §5.2.2). The Host header has been checked.
    private static void SendOn(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.Location = $"http://{context.Request.Host.Value}{TargetOf(context)}";
        context.Response.ContentLength = 0;
    }

    private static string? TargetOf(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target ? target : null;

    private static Task AskAsync(HttpContext context)
    {
        if (IsNavigation(context.Request) && TargetOf(context) is { } target && context.Features.Get<IConnectionItemsFeature>() is { } connection)
            connection.Items[Asked] = target;
        context.Response.Headers.WWWAuthenticate = "Basic realm=\"OnionShare\", charset=\"UTF-8\""; // RFC 7617 §2.1
        return ErrorPages.Refuse(context, StatusCodes.Status401Unauthorized);
    }

    /// <summary>Judges under one lock, so that however many guesses come at once no more than the limit are ever compared.</summary>
    private Verdict Judge(BasicCredentials credentials, out int count)
    {
        var user = Digest(credentials.User);
        var password = Digest(credentials.Password);
        lock (_lock)
        {
            count = _wrongCount;
            if (_closed) return Verdict.Closed;
            var isPassword = CryptographicOperations.FixedTimeEquals(password, _password);
            var isUser = CryptographicOperations.FixedTimeEquals(user, _user);
            if (isPassword) return isUser ? Verdict.Right : Verdict.WrongUser;
            if (!Remember(Convert.ToBase64String(password))) return Verdict.Repeated;
            count = ++_wrongCount;
            _closed = _guessLimit > 0 && count >= _guessLimit;
            return _closed ? Verdict.LastWrong : Verdict.Wrong;
        }
    }

    private bool Remember(string digest)
    {
        if (!_wrong.Add(digest)) return false;
        _wrongByAge.Enqueue(digest);
        if (_wrong.Count > _options.MaximumRemembered) _wrong.Remove(_wrongByAge.Dequeue());
        return true;
    }

    /// <summary>
    /// Waits as long as the guesser does. Who hangs up because no quick answer comes may guess again over another connection: what stops that is the
    /// limit, and without one a longer password. To compare only so many at once would let guessers shut out who knows the password.
    /// </summary>
    private async Task TellAndDelayAsync(int count, bool isLast, CancellationToken hungUp)
    {
        try
        {
            _options.WrongPassword?.Invoke(count);
            if (isLast) _options.LimitReached?.Invoke(count);
            var delay = _options.DelayStep * count;
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_stopping, hungUp);
            await Task.Delay(delay < _options.LongestDelay ? delay : _options.LongestDelay, _clock, ending.Token);
        }
        catch (OperationCanceledException)
        {
            // The service stops: the answer may come at once, no further guess will. Or nobody waits for it.
        }
    }

    /// <summary>Digests under a key of this gate: of equal length whatever is compared, and nothing to be looked up in a table.</summary>
    private byte[] Digest(string text) => HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text));
}

public sealed record PasswordGateOptions
{
    /// <summary>Different wrong passwords after which the gate closes for good; 0 = never, only delay.</summary>
    public int GuessLimit { get; init; } = 20;

    /// <summary>What the first wrong password waits for its answer; each further one waits as much longer.</summary>
    public TimeSpan DelayStep { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>What any wrong password waits at most.</summary>
    public TimeSpan LongestDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wrong passwords remembered, as keyed hashes, to tell a new one from a repeated one.</summary>
    public int MaximumRemembered { get; init; } = 4096;

    /// <summary>Called after each new wrong password with the number of different ones so far.</summary>
    public Action<int>? WrongPassword { get; init; }

    /// <summary>Called once when <see cref="GuessLimit"/> is reached, with that number: the service is to stop.</summary>
    public Action<int>? LimitReached { get; init; }
}

using System.Text.Json.Nodes;
using OnionShare.Engine.Tor.Settings;

namespace OnionShare.Engine.Tor;

/// <summary>Changes tor's settings and connects with them, for the control API.</summary>
internal sealed class TorConnector
{
    private readonly TorHost _host;
    private readonly TorSettingsStore _settings;
    private readonly Func<IReadOnlyList<string>> _users;
    private readonly Func<TorSettings, CancellationToken, Task> _verify;
    private readonly ILogger _logger;
    private readonly Lock _lock = new();
    private Attempt? _attempt;
    private int _requests;

    /// <param name="host">The tor.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="users">The names of the services that need tor now.</param>
    /// <param name="verify">Has tor look settings through, and fails when it does not take them.</param>
    /// <param name="logger">The log.</param>
    public TorConnector(
        TorHost host, TorSettingsStore settings, Func<IReadOnlyList<string>> users, Func<TorSettings, CancellationToken, Task> verify, ILogger logger)
    {
        _host = host;
        _settings = settings;
        _users = users;
        _verify = verify;
        _logger = logger;
    }

    /// <summary>The settings as they may be shown.</summary>
    /// <exception cref="ProblemException">They can't be read.</exception>
    public TorSettings Shown => _settings.Current.WithoutSecrets();

    /// <summary>Changes settings as a JSON merge patch says; they are used when tor is next connected.</summary>
    /// <returns>All of them, as they may be shown.</returns>
    /// <exception cref="ProblemException">They can't be used, read or written; nothing was changed.</exception>
    public async Task<TorSettings> ChangeAsync(JsonObject patch, CancellationToken cancellationToken)
    {
        await _verify(TorSettingsPatch.Apply(_settings.Current, patch), cancellationToken);

        // Applied once more, to what others may have changed meanwhile.
        return _settings.Change(settings => TorSettingsPatch.Apply(settings, patch)).WithoutSecrets();
    }

    /// <summary>
    /// Connects with the present settings and waits until tor is connected. When they do not connect, the last ones that did are made the present
    /// ones and connected with. Whoever asks while that is under way waits for the same outcome. When nobody waits any more it goes on only if
    /// services need tor.
    /// </summary>
    /// <exception cref="ProblemException">They did not connect; <see cref="ProblemCodes.TorFellBack"/> when the last ones did.</exception>
    public async Task<TorStatus> ConnectAsync(CancellationToken cancellationToken)
    {
        var attempt = Join(_settings.Current);
        try
        {
            await attempt.Task.WaitAsync(cancellationToken);
            return _host.Status;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.TorNotConnected, "tor was disconnected before it had reached the Tor network.", "Connect again (Connect-OnionTor).")
            { Status = 409 });
        }
        finally
        {
            if (IsLeftBehind(attempt))
                await _host.ReleaseAsync();
        }
    }

    public int Requests
    {
        get { lock (_lock) return _requests; }
    }

    /// <summary>Lets tor go when no service needs it; one that comes to need it in this moment gets it back.</summary>
    public async Task ReleaseUnusedAsync()
    {
        if (_users().Count > 0)
            return;
        await _host.ReleaseAsync();
        if (_users().Count > 0)
            await _host.BeginAsync(CancellationToken.None);
    }

    /// <summary>Lets tor go until it is next needed.</summary>
    /// <param name="force">Even if services need it: they are Disconnected then until somebody connects.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.TorInUse"/>.</exception>
    public async Task<TorStatus> DisconnectAsync(bool force)
    {
        var users = _users();
        if (!force && users.Count > 0 && _host.Status.State != TorState.Off)
        {
            var names = string.Join(", ", users.Take(5).Select(name => $"'{name}'")) + (users.Count > 5 ? $" and {users.Count - 5} more" : "");
            throw new ProblemException(
                ProblemCodes.TorInUse, $"{names} need{(users.Count == 1 ? "s" : "")} tor.",
                "Stop what needs it first, or use -Force: then nobody reaches it until tor is connected again, at the same address.");
        }

        lock (_lock)
        {
            if (_attempt is { } attempt)
                attempt.IsOver = true;
        }

        await _host.ReleaseAsync();
        return _host.Status;
    }

    private Attempt Join(TorSettings settings)
    {
        lock (_lock)
        {
            if (_attempt is not { Task.IsCompleted: false, IsOver: false } attempt || !attempt.Settings.IsSame(settings))
            {
                var before = _attempt?.Task ?? Task.CompletedTask;
                _attempt = attempt = new Attempt(settings, Task.Run(() => ConnectAsync(before, settings), CancellationToken.None));
            }

            attempt.Waiting++;
            _requests++;
            return attempt;
        }
    }

    private bool IsLeftBehind(Attempt attempt)
    {
        lock (_lock)
        {
            if (--attempt.Waiting > 0 || attempt.Task.IsCompleted || attempt.IsOver || !ReferenceEquals(attempt, _attempt) || _users().Count > 0)
                return false;
            return attempt.IsOver = true;
        }
    }

    private async Task ConnectAsync(Task before, TorSettings settings)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // its callers hear of it
        try
        {
            await _host.UseAsync(settings, CancellationToken.None);
        }
        catch (ProblemException failure) when (_settings.LastConnected is { } last && !last.IsSame(settings))
        {
            await FallBackAsync(settings, last, failure.Problem);
        }
    }

    private async Task FallBackAsync(TorSettings failed, TorSettings last, Problem why)
    {
        _logger.LogWarning("The settings did not connect, the last ones that did are tried: {Problem}", why);
        try
        {
            await _host.UseAsync(last, CancellationToken.None);
        }
        catch (ProblemException second)
        {
            throw new ProblemException(
                why with { Detail = $"{why.Detail} Nor do the last settings that connected, {last.Describe()}: {second.Problem.Detail}" }, second);
        }

        // Whoever has changed them again meanwhile means to connect with those.
        _settings.Change(present => present.IsSame(failed) ? last : present);
        throw new ProblemException(new Problem(
            ProblemCodes.TorFellBack, $"{why.Detail} The last settings that connected are in use again: {last.Describe()}.", why.Advice, why.Target)
        { Status = why.Status });
    }

    private sealed class Attempt(TorSettings settings, Task task)
    {
        public TorSettings Settings { get; } = settings;

        public Task Task { get; } = task;

        public int Waiting { get; set; }

        /// <summary>tor is being let go under it: whoever comes now needs another.</summary>
        public bool IsOver { get; set; }
    }
}

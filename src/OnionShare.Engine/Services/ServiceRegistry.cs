using System.Security.Cryptography;
using OnionShare.Engine.Passwords;
using OnionShare.Engine.Tor;

namespace OnionShare.Engine.Services;

/// <summary>All services of an engine, the latest ended ones included.</summary>
public sealed class ServiceRegistry(
    ModeFactory createMode, ServerFactory startServer, ITor tor, EventHub events, TimeProvider time, ILoggerFactory loggers)
{
    public const int Remembered = 100;

    private static readonly TimeSpan OwnersAskedEvery = TimeSpan.FromSeconds(1);

    private readonly ILogger _logger = loggers.CreateLogger<ServiceRegistry>();
    private readonly Lock _lock = new();
    private readonly List<Service> _services = [];
    private readonly HashSet<string> _reservedNames = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _heldNames = new(StringComparer.OrdinalIgnoreCase);
    private bool _closed;

    /// <summary>All services, oldest first.</summary>
    public IReadOnlyList<Service> All
    {
        get { lock (_lock) return [.. _services]; }
    }

    public IReadOnlyList<Service> Alive => [.. All.Where(service => !service.Status.State.IsEnded())];

    /// <summary>The service with that id; null if there is none.</summary>
    public Service? Find(string id) => All.FirstOrDefault(service => service.Context.Id == id);

    /// <summary>Names that no service gets without being asked for, because one is about to come back that has it.</summary>
    internal void Hold(IEnumerable<string> names)
    {
        lock (_lock) _heldNames.UnionWith(names);
    }

    /// <summary>Checks the request and begins the service's life; it goes on to connect and publish by itself.</summary>
    /// <exception cref="ProblemException">The request can't be met; nothing was started.</exception>
    public Task<Service> StartAsync(ServiceRequest request, CancellationToken cancellationToken) =>
        StartAsync(request, ServiceIdentity.New, cancellationToken);

    /// <summary>Begins the life of a service that may have been there before; its key is the service's from then on.</summary>
    /// <exception cref="ProblemException">The request can't be met; nothing was started.</exception>
    public async Task<Service> StartAsync(ServiceRequest request, ServiceIdentity identity, CancellationToken cancellationToken)
    {
        RequestCheck.Check(request, identity.Key?.Address, time);
        var name = ReserveName(request);
        IServiceMode? mode = null;
        try
        {
            mode = createMode(request);
            var password = request.Public ? null : request.Password ?? PasswordGenerator.Password(request.GuessLimit);
            var context = new ServiceContext(
                NewId(), name, request.Title ?? mode.DefaultTitle, password, request.GuessLimit, events, time)
            { Progress = identity.Progress, Language = request.Language };
            await mode.PrepareAsync(context, cancellationToken);
            var service = new Service(request, identity, context, mode, startServer, tor, events, time, _logger);
            Add(service);
            mode = null; // the service's from now on
            service.Start();
            return service;
        }
        finally
        {
            lock (_lock) _reservedNames.Remove(name);
            if (mode is not null) await mode.DisposeAsync();
        }
    }

    /// <exception cref="ProblemException"><see cref="ProblemCodes.NameInUse"/>.</exception>
    internal void Rename(Service service, string name)
    {
        lock (_lock)
        {
            var others = _services.Where(other => other != service && !other.Status.State.IsEnded()).Select(other => other.Context.Name).Concat(_reservedNames).Concat(_heldNames);
            if (others.Contains(name, StringComparer.OrdinalIgnoreCase)) throw InUse(name);
            service.Context.Name = name;
        }
    }

    /// <summary>
    /// Stops all services and takes no new ones; returns when the last has ended. Without <paramref name="force"/> transfers under way finish;
    /// a later call with it cuts them.
    /// </summary>
    public async Task CloseAsync(StopReason reason, bool force)
    {
        Service[] all;
        lock (_lock)
        {
            _closed = true;
            all = [.. _services];
        }

        foreach (var service in all) service.Stop(reason, force);
        await Task.WhenAll(all.Select(service => service.Ended));
    }

    /// <summary>Stops the services whose owning process has ended, however it ended; until it is cancelled.</summary>
    internal async Task WatchOwnersAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(OwnersAskedEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var owned = Alive.Where(service => service.Owner is not null).GroupBy(service => service.Owner!);
            foreach (var service in owned.Where(group => !group.Key.IsAlive()).SelectMany(group => group))
                service.Stop(StopReason.OwnerEnded, force: true);
        }
    }

    /// <summary>Whether no service is alive or being started.</summary>
    public bool IsIdle
    {
        get { lock (_lock) return _reservedNames.Count == 0 && _services.TrueForAll(service => service.Status.State.IsEnded()); }
    }

    /// <summary>Whether a session lives that started one of the services that ended: it may want to know how they did.</summary>
    public bool IsRemembered => All.Select(service => service.StartedBy).OfType<OwnerProcess>().Distinct().Any(session => session.IsAlive());

    /// <summary>Takes no new services from now on, unless one is alive or is being started; says whether it came to that.</summary>
    public bool TryCloseIdle()
    {
        lock (_lock)
        {
            return _closed = _closed || IsIdle;
        }
    }

    /// <summary>Forgets the services that ended, and of the others the transfers that did.</summary>
    public void ForgetEnded()
    {
        lock (_lock)
        {
            _services.RemoveAll(service => service.Status.State.IsEnded());
            foreach (var service in _services) service.Context.Transfers.ForgetEnded();
        }
    }

    private string ReserveName(ServiceRequest request)
    {
        lock (_lock)
        {
            if (_closed) throw Stopping();
            var taken = NamesOf(_services.Where(service => !service.Status.State.IsEnded()));
            // A name nobody chose is not given again while one that ended is remembered by it: a table or a history with both says of neither which it is.
            var name = request.Name ?? NewName(request.Mode, NamesOf(_services));
            if (taken.Contains(name)) throw InUse(name);

            _reservedNames.Add(name);
            return name;
        }
    }

    private HashSet<string> NamesOf(IEnumerable<Service> services) =>
        services.Select(service => service.Context.Name).Concat(_reservedNames).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private string NewName(ServiceMode mode, HashSet<string> used) => mode.FirstFreeName(name => used.Contains(name) || _heldNames.Contains(name));

    private void Add(Service service)
    {
        lock (_lock)
        {
            // The engine may have begun to stop while the request was looked into: nobody would stop the service then.
            if (_closed) throw Stopping();
            _services.Add(service);
            while (_services.Count(known => known.Status.State.IsEnded()) > Remembered)
                _services.Remove(_services.First(known => known.Status.State.IsEnded()));
        }
    }

    private string NewId()
    {
        string id;
        do id = RandomNumberGenerator.GetHexString(8, lowercase: true);
        while (Find(id) is not null);
        return id;
    }

    private static ProblemException InUse(string name) =>
        new(ProblemCodes.NameInUse, $"A service named '{name}' runs already.", "Take another name, or stop that service.", name);

    private static ProblemException Stopping() =>
        new(ProblemCodes.EngineStopping, "The engine is stopping.", "Try again in a moment.");
}

using OnionShare.Engine.Clients;
using OnionShare.Engine.Files;
using OnionShare.Engine.Modes;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Services;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Circumvention;
using OnionShare.Engine.Tor.Diagnosis;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using OnionShare.Engine.Web;

namespace OnionShare.Engine;

/// <summary>Everything an engine consists of, put together: services, tor, events, and the watch over owners.</summary>
public sealed class Engine : IAsyncDisposable
{
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _ownerWatch;
    private readonly ILoggerFactory _loggers;
    private readonly TorSettingsStore _torSettings;

    /// <summary>Puts an engine together; nothing runs and no file is written before a service asks for it.</summary>
    public Engine(EngineOptions options, TimeProvider time)
    {
        Options = options;
        Time = time;
        StartedAt = time.GetUtcNow();
        Log = new LogRing(time);
        _loggers = LogFile.CreateFactory(options.LogFile, Log);
        Events = new EventHub(time);
        _ = new EventLog(Events, Log);
        History = new TransferHistory(options.StateFolder, Events, time);
        _torSettings = new TorSettingsStore(options.StateFolder, new StoreDisk());
        var adapter = new Lazy<ITorAdapter?>(() => TorSharpAssembly.Load(Path.GetDirectoryName(typeof(Engine).Assembly.Location)!));
        var torOptions = new TorOptions
        {
            StateFolder = options.StateFolder,
            ExecutablePath = options.TorExecutable,
            TorrcInclude = options.TorrcInclude,
            Adapter = () => adapter.Value,
        };
        var tor = new TorHost(torOptions, _loggers.CreateLogger<TorHost>(), time, () => _torSettings.Current, Remember);
        Tor = tor;
        Tor.StatusChanged += status => Events.Publish(new TorChanged { Time = time.GetUtcNow(), Tor = status });
        Bridges = new BridgeInquiry(Tor, () => TorSettings, _loggers.CreateLogger<BridgeInquiry>());
        TorInstaller = new TorInstaller(
            options.StateFolder, () => adapter.Value?.Fetcher ?? new SiteFetcher(), new InstallTerms(), _loggers.CreateLogger<TorInstaller>());
        var hashes = new ContentHashes();
        Services = new ServiceRegistry(
            request => ServiceModes.Create(request, () => Tor.Status.Socks, hashes),
            (context, mode, cancellation) => ServiceWebServer.StartAsync(context, mode, _loggers, cancellation),
            Tor, Events, time, _loggers);
        TorConnector = new TorConnector(
            tor, _torSettings, NamesOfTorsUsers, (settings, cancellation) => TorrcCheck.VerifyAsync(torOptions, settings, cancellation), _loggers.CreateLogger<TorConnector>());
        Diagnosis = new TorDiagnosis(tor, TorConnector, torOptions, () => _torSettings.Current, time);
        Remote = new RemoteServices(tor, time);
        var store = new ServiceStore(options.StateFolder, new StoreDisk());
        Saved = new SavedServices(Services, store, time, _loggers.CreateLogger<SavedServices>());
        Changes = new ServiceChanges(Saved, Services, store, time);
        Restorer = new ServiceRestorer(Saved, Services, store, time, _loggers.CreateLogger<ServiceRestorer>());
        Transport = new SavedTransport(Saved, time);
        Records = new VaultRecords(Saved, Restorer, Transport, time);
        _ownerWatch = Services.WatchOwnersAsync(_ending.Token);
    }

    public EngineOptions Options { get; }
    public TimeProvider Time { get; }

    public DateTimeOffset StartedAt { get; }
    public EventHub Events { get; }

    public LogRing Log { get; }

    public TransferHistory History { get; }
    public ITor Tor { get; }

    /// <summary>How it is to come by its tor, secrets included: the saved settings as they are now.</summary>
    /// <exception cref="ProblemException">They can't be read.</exception>
    public TorSettings TorSettings => _torSettings.Current;

    internal TorConnector TorConnector { get; }
    internal WorkUnderWay Work { get; } = new();

    internal RemoteServices Remote { get; }
    internal TorDiagnosis Diagnosis { get; }
    internal BridgeInquiry Bridges { get; }
    internal TorInstaller TorInstaller { get; }
    public ServiceRegistry Services { get; }
    public SavedServices Saved { get; }
    internal ServiceChanges Changes { get; }
    internal ServiceRestorer Restorer { get; }
    public SavedTransport Transport { get; }
    public VaultRecords Records { get; }

    public ILoggerFactory Loggers => _loggers;

    public static string Version => typeof(Engine).Assembly.GetName().Version!.ToString(3);

    public async ValueTask DisposeAsync()
    {
        await Work.DisposeAsync();
        await Services.CloseAsync(StopReason.EngineStopped, force: true);
        await _ending.CancelAsync();
        await _ownerWatch.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Tor.DisposeAsync();
        _ending.Dispose();
        _loggers.Dispose();
    }

    /// <summary>Removes what an engine that was killed left half-written and nobody can go on with.</summary>
    public void Clean()
    {
        Saved.Clean();
        _torSettings.Clean();
    }

    private IReadOnlyList<string> NamesOfTorsUsers() =>
        [.. Services.Alive.Select(service => service.Status).Where(one => !one.LocalOnly && one.State != ServiceState.Scheduled).Select(one => one.Name)];

    private void Remember(TorSettings settings)
    {
        if (!Options.IsBackground) return;
        try
        {
            _torSettings.Connected(settings);
        }
        catch (ProblemException failure)
        {
            _loggers.CreateLogger<Engine>().LogWarning("It can't be kept which settings connected: {Problem}", failure.Problem);
        }
    }
}

public sealed record EngineOptions
{
    public string StateFolder { get; init; } = StatePaths.StateFolder();

    /// <summary>A file of torrc lines that its tor includes; null for none.</summary>
    public string? TorrcInclude { get; init; }

    /// <summary>The tor program to run; null to look for one.</summary>
    public string? TorExecutable { get; init; }

    /// <summary>Whether it is the engine in the background: the one that changes tor's settings and keeps note of those that connected.</summary>
    public bool IsBackground { get; init; }

    public string? LogFile { get; init; }
}

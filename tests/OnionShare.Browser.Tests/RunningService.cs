using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using OnionShare.Contracts;
using OnionShare.Engine.Modes;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;

namespace OnionShare.Browser.Tests;

/// <summary>A service, with a temporary folder for what it works on: on this computer only, or behind an onion address of <see cref="PretendTor"/>.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly ServiceRequest _request;
    private readonly ModeFactory? _modes;
    private ServiceRegistry? _services;
    private Service? _service;

    private RunningService(string folder, ServiceRequest request, ModeFactory? modes)
    {
        Folder = folder;
        _request = request;
        _modes = modes;
    }

    /// <summary>The service.</summary>
    public Service Service => _service ?? throw new InvalidOperationException("The service has not been started.");

    /// <summary>The folder, made before the service.</summary>
    public string Folder { get; }

    /// <summary>What the onion address stands on.</summary>
    public PretendTor Tor { get; } = new();

    /// <summary>Its address without the password.</summary>
    public string Address => $"http://{Service.Status.Address}";

    /// <summary>What a visitor's browser knows: the password, once it was typed.</summary>
    public HttpCredentials Credentials => new() { Username = "onionshare", Password = Service.Status.Password!, Origin = Address };

    /// <summary>Fills a folder, and starts a service on it.</summary>
    /// <param name="fill">Puts files into the folder.</param>
    /// <param name="request">What to start, given the folder.</param>
    /// <param name="onion">Whether it is at an onion address rather than on a port of this computer.</param>
    /// <param name="modes">Makes the mode, where it is none of the engine's own.</param>
    public static async Task<RunningService> StartAsync(
        Action<string> fill, Func<string, ServiceRequest> request, bool onion = false, ModeFactory? modes = null)
    {
        var folder = Directory.CreateTempSubdirectory("onionshare-browser-").FullName;
        fill(folder);
        var asked = request(folder) with { LocalOnly = !onion, Password = "constrict-purity-lantern" };
        var running = new RunningService(folder, asked, modes);
        await running.StartAsync();
        return running;
    }

    /// <summary>Stops the service, as at the end of the engine.</summary>
    /// <param name="force">Whether to cut what is under way, too.</param>
    public Task StopAsync(bool force = false) => _services?.CloseAsync(StopReason.EngineStopped, force) ?? Task.CompletedTask;

    /// <summary>Starts it anew, as another engine would.</summary>
    public async Task StartAsync()
    {
        var events = new EventHub(TimeProvider.System);
        _services = new ServiceRegistry(
            _modes ?? (request => ServiceModes.Create(request, () => Tor.Status.Socks)), (context, mode, cancellation) => ServiceWebServer.StartAsync(context, mode, NullLoggerFactory.Instance, cancellation),
            Tor, events, TimeProvider.System, NullLoggerFactory.Instance);
        using var listener = events.Listen();
        _service = await _services.StartAsync(_request, CancellationToken.None);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        if (Service.Status.State == ServiceState.Running) return;
        await foreach (var engineEvent in listener.ReadAllAsync(limit.Token))
        {
            if (engineEvent is ServiceChanged { Service.State: ServiceState.Running }) return;
            if (engineEvent is ServiceChanged { Service: { State: ServiceState.Failed } failed })
                throw new InvalidOperationException(failed.Error?.ToString());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(force: true);
        await Tor.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

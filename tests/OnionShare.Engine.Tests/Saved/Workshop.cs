using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Modes;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Services;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Web;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>Everything of an engine but tor, in a state folder that outlives it: what a test calls a reboot is another one of these.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    private readonly IEventListener _listener;

    public Workshop(string folder, TimeProvider? time = null, IStoreDisk? disk = null)
    {
        time ??= TimeProvider.System;
        Folder = folder;
        Events = new EventHub(time);
        _listener = Events.Listen();
        Services = new ServiceRegistry(
            request => ServiceModes.Create(request, () => Tor.Status.Socks), (context, mode, cancellation) => ServiceWebServer.StartAsync(context, mode, NullLoggerFactory.Instance, cancellation),
            Tor, Events, time, NullLoggerFactory.Instance);
        var store = new ServiceStore(folder, disk ?? new StoreDisk());
        Saved = new SavedServices(Services, store, time, NullLogger.Instance);
        Changes = new ServiceChanges(Saved, Services, store, time);
        Restorer = new ServiceRestorer(Saved, Services, store, time, NullLogger.Instance);
        Records = new VaultRecords(Saved, Restorer, new SavedTransport(Saved, time), time);
    }

    public string Folder { get; }

    public FakeTor Tor { get; } = new();

    public EventHub Events { get; }

    public ServiceRegistry Services { get; }

    public SavedServices Saved { get; }

    public ServiceChanges Changes { get; }

    public ServiceRestorer Restorer { get; }

    public VaultRecords Records { get; }

    public async Task<Service> StartAsync(ServiceRequest request) => await ReachedAsync(await Saved.StartAsync(request, Cancel));

    public async Task<Service> RestoreAsync(string name, RestoreRequest? how = null) =>
        await ReachedAsync((await Restorer.RestoreAsync(name, how ?? new RestoreRequest(), Cancel)).Service);

    /// <summary>Waits until a service runs.</summary>
    public async Task<Service> ReachedAsync(Service service)
    {
        await UntilAsync(service, status => status.State is ServiceState.Running or ServiceState.Failed);
        Assert.Equal(ServiceState.Running, service.Status.State);
        return service;
    }

    /// <summary>Waits for a state of a service.</summary>
    public Task UntilAsync(Service service, Func<ServiceStatus, bool> condition) => Until.ServiceAsync(_listener, service, condition);

    public static async Task StopAsync(Service service, StopReason reason = StopReason.Requested)
    {
        service.Stop(reason, force: true);
        await service.Ended.WaitAsync(Until.Limit, Cancel);
    }

    /// <summary>The engine goes down with all its services.</summary>
    public async ValueTask DisposeAsync()
    {
        await Services.CloseAsync(StopReason.EngineStopped, force: true);
        _listener.Dispose();
    }
}

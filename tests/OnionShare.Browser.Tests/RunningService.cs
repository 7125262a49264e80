using Microsoft.Playwright;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Browser.Tests;

/// <summary>A service on this computer only, with a temporary folder for what it works on.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly Engine.Engine _engine;

    private RunningService(Engine.Engine engine, OnionService service, string folder)
    {
        _engine = engine;
        Service = service;
        Folder = folder;
    }

    /// <summary>The service.</summary>
    public OnionService Service { get; }

    /// <summary>The folder, made before the service.</summary>
    public string Folder { get; }

    /// <summary>Its address without the password.</summary>
    public string Address => $"http://{Service.Status.Address}";

    /// <summary>What a visitor's browser knows: the password, once it was typed.</summary>
    public HttpCredentials Credentials => new() { Username = "onionshare", Password = Service.Status.Password!, Origin = Address };

    /// <summary>Fills a folder, and starts a service on it.</summary>
    public static async Task<RunningService> StartAsync(Action<string> fill, Func<string, ServiceRequest> request)
    {
        var folder = Directory.CreateTempSubdirectory("onionshare-browser-").FullName;
        fill(folder);
        var engine = new Engine.Engine(new Engine.EngineOptions { StateFolder = Path.Combine(folder, ".state") }, TimeProvider.System);
        var service = await engine.Services.StartAsync(request(folder) with { LocalOnly = true }, CancellationToken.None);
        using var listener = engine.Events.Listen();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        if (service.Status.State != ServiceState.Running)
        {
            await foreach (var engineEvent in listener.ReadAllAsync(limit.Token))
            {
                if (engineEvent is ServiceChanged { Service.State: ServiceState.Running }) break;
                if (engineEvent is ServiceChanged { Service: { State: ServiceState.Failed } failed })
                    throw new InvalidOperationException(failed.Error?.ToString());
            }
        }

        return new RunningService(engine, service, folder);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}

using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Tests.Modes.Chat;

/// <summary>A chat service on 127.0.0.1, with its password gate and its whole life.</summary>
internal sealed class ChatHost : IAsyncDisposable
{
    public const string Password = "lantern-orchid-walnut";

    private readonly EventHub _events = new(TimeProvider.System);
    private readonly ServiceRegistry _services;

    private ChatHost(RoomLimits? limits) => _services = new ServiceRegistry(
        _ => new ChatMode(limits),
        (context, mode, cancellation) => ServiceWebServer.StartAsync(context, mode, NullLoggerFactory.Instance, cancellation),
        new NoTor(), _events, TimeProvider.System, NullLoggerFactory.Instance);

    public Service Service { get; private set; } = null!;

    public HttpClient Http { get; private set; } = null!;

    public string Host => Service.Status.Address!;

    public static string Basic { get; } = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("onionshare:" + Password));

    public static async Task<ChatHost> StartAsync(RoomLimits? limits = null)
    {
        var host = new ChatHost(limits);
        using var listener = host._events.Listen();
        host.Service = await host._services.StartAsync(new ChatRequest { LocalOnly = true, Password = Password }, Cancel);
        await foreach (var change in listener.ReadAllAsync(Cancel))
        {
            if (change is ServiceChanged { Service.State: ServiceState.Running }) break;
        }

        host.Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://{host.Host}") };
        host.Http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(Basic);
        return host;
    }

    /// <summary>Connects and joins.</summary>
    public async Task<ChatClient> JoinAsync(string? name = null)
    {
        var client = await ChatClient.ConnectAsync(this);
        await client.JoinAsync(name);
        return client;
    }

    /// <summary>Waits for the service to end, and fails when something holds it up.</summary>
    public async Task StopAsync()
    {
        Service.Stop(StopReason.Requested);
        await Service.Ended.WaitAsync(Until.Limit, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _services.CloseAsync(StopReason.EngineStopped, force: true).WaitAsync(Until.Limit);
    }

    private sealed class NoTor : ITor
    {
        public TorStatus Status => throw new NotSupportedException();

        public event Action<TorStatus>? StatusChanged
        {
            add => throw new NotSupportedException();
            remove => throw new NotSupportedException();
        }

        public Task ConnectAsync(CancellationToken cancellationToken) => throw new NotSupportedException("A local chat needs no tor.");

        public Task<IOnion> PublishAsync(OnionRequest request, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}

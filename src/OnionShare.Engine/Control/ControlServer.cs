using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>The engine's local API: JSON over HTTP on a unix socket in a user-only folder or on a named pipe of this user (see <see cref="Routes"/>).</summary>
public sealed class ControlServer : IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly ControlSocket _socket;
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cutRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ControlServer(Engine engine, ControlSocket socket)
    {
        _engine = engine;
        _socket = socket;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (EngineEndpoint.PipeName(socket.Path) is { } pipe) kestrel.ListenNamedPipe(pipe, listen => listen.Protocols = HttpProtocols.Http1);
            else kestrel.ListenUnixSocket(socket.Path, listen => listen.Protocols = HttpProtocols.Http1);
        });
        if (OperatingSystem.IsWindows()) builder.WebHost.UseNamedPipes(pipes => pipes.CurrentUserOnly = true);
        _app = builder.Build();
        _app.Use(ReportProblemsAsync);
        _app.UseRouting();
        Map(_app);
        _app.UseEndpoints(_ => { });
    }

    /// <summary>Completes when somebody asked the engine to stop.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>Completes when somebody asked the engine to stop at once, or for the second time: transfers are to be cut.</summary>
    public Task CutRequested => _cutRequested.Task;

    public static async Task<ControlServer> StartAsync(Engine engine, ControlSocket socket, CancellationToken cancellationToken)
    {
        var server = new ControlServer(engine, socket);
        try
        {
            await server._app.StartAsync(cancellationToken);
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(socket.Path, UserOnlyFile.Mode);
            return server;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await server.DisposeAsync();
            throw new ProblemException(
                new Problem(
                    ProblemCodes.StateFolder, $"The engine can't listen at '{socket.Path}': {failure.Message}",
                    $"Find out which process listens there, or set {StatePaths.HomeVariable} to another folder.", socket.Path),
                failure);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _app.DisposeAsync();
        _closing.Dispose();
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Engine, context => ControlBody.WriteAsync(context, Status()));
        routes.MapDelete(Routes.Engine, context =>
        {
            if (!_stopRequested.TrySetResult() || IsForced(context)) _cutRequested.TrySetResult();
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        });
        routes.MapGet(Routes.Services, context =>
            ControlBody.WriteAsync<IReadOnlyList<ServiceStatus>>(context, [.. _engine.Services.All.Select(service => service.Status)]));
        routes.MapPost(Routes.Services, StartServiceAsync);
        routes.MapGet(Routes.Services + "/{id}", context => ControlBody.WriteAsync(context, Named(context).Status));
        routes.MapDelete(Routes.Services + "/{id}", context =>
        {
            var service = Named(context);
            service.Stop(StopReason.Requested, IsForced(context));
            return ControlBody.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
        });
        routes.MapGet(Routes.Services + "/{id}/transfers", context => ControlBody.WriteAsync(context, Named(context).Context.Transfers.Snapshot()));
        routes.MapGet(Routes.Services + "/{id}/qr", context => ControlBody.WriteAsync(context, QrCode.Lines(UrlOf(Named(context)))));
        routes.MapGet(Routes.Events, SendEventsAsync);
        new ChangeRoutes(_engine, Named).Map(routes);
        new SavedRoutes(_engine, Named).Map(routes);
        new TorRoutes(_engine).Map(routes);
        new TorHelpRoutes(_engine).Map(routes);
        new RecordRoutes(_engine, Named).Map(routes);
    }

    private async Task StartServiceAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<ServiceRequest>(context);
        var service = await _engine.Saved.StartAsync(request, context.RequestAborted);
        await ControlBody.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
    }

    private async Task SendEventsAsync(HttpContext context)
    {
        using var listener = _engine.Events.Listen();
        // At the end of the engine the events that have happened still go out, the last states of the services above all.
        using var closing = _closing.Token.Register(listener.Dispose);
        await ControlStream.WriteAsync(context, Present(context.Request.Query["service"].ToString(), listener, context.RequestAborted), context.RequestAborted);
    }

    // What is there now comes first, so that a listener misses nothing between asking for a service and listening to it.
    private async IAsyncEnumerable<EngineEvent> Present(
        string wanted, IEventListener listener, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var now = _engine.Time.GetUtcNow();
        yield return new TorChanged { Time = now, Tor = _engine.Tor.Status };
        foreach (var service in _engine.Services.All.Where(service => wanted is "" || service.Context.Id == wanted))
            yield return new ServiceChanged { Time = now, Service = service.Status };
        await foreach (var engineEvent in listener.ReadAllAsync(cancellationToken))
        {
            if (wanted is "" || ServiceOf(engineEvent) is not { } id || id == wanted) yield return engineEvent;
        }
    }

    private static string? ServiceOf(EngineEvent engineEvent) => engineEvent switch
    {
        ServiceChanged changed => changed.Service.Id,
        TransferChanged changed => changed.Transfer.ServiceId,
        ServiceWarned warned => warned.ServiceId,
        _ => null,
    };

    private EngineStatus Status() => new()
    {
        Version = Engine.Version,
        ProcessId = Environment.ProcessId,
        StartedAt = _engine.StartedAt,
        Socket = _socket.Path,
        StateFolder = _engine.Options.StateFolder,
        Services = _engine.Services.Alive.Count,
        Tor = _engine.Tor.Status,
    };

    private OnionService Named(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        return _engine.Services.Find(id) ?? throw new ProblemException(
            ProblemCodes.ServiceNotFound, $"No service has the id '{RemoteText.Show(id)}'.", "Get-OnionService lists them.", id);
    }

    private static string UrlOf(OnionService service) => service.Status.Url ?? throw new ProblemException(
        new Problem(ProblemCodes.NotPublished, $"'{service.Context.Name}' has no address yet.", "Wait until it runs.", service.Context.Name)
        { Status = StatusCodes.Status409Conflict });

    private static bool IsForced(HttpContext context) => context.Request.Query["force"] == "true";

    private async Task ReportProblemsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound or StatusCodes.Status405MethodNotAllowed } response)
            {
                var problem = new Problem(
                    ProblemCodes.InvalidRequest, $"This engine knows no {context.Request.Method} {RemoteText.Show(context.Request.Path.Value)}.",
                    "Use a module and an engine of the same version.")
                { Status = response.StatusCode };
                await ControlBody.WriteAsync(context, problem, problem.Status, "application/problem+json");
            }
        }
        catch (ProblemException failure) when (!context.Response.HasStarted)
        {
            await ControlBody.WriteAsync(context, failure.Problem, failure.Problem.Status, "application/problem+json");
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !context.Response.HasStarted)
        {
            _engine.Loggers.CreateLogger<ControlServer>().LogError(failure, "A control request failed");
            var problem = new Problem(ProblemCodes.Internal, $"The engine failed: {failure.Message}");
            await ControlBody.WriteAsync(context, problem, problem.Status, "application/problem+json");
        }
    }
}

using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OnionShare.Engine.Control;

/// <summary>The engine's local API: JSON over HTTP on a unix socket in a user-only folder or on a named pipe of this user (see <see cref="Routes"/>).</summary>
public sealed class ControlServer : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(250);

    // How long a folder that can't be used, such as one on a disk that is away for a moment, is waited for.
    private static readonly TimeSpan LostLimit = TimeSpan.FromSeconds(10);

    private readonly Engine _engine;
    private readonly ControlSocket _socket;
    private readonly List<WebApplication> _apps = []; // the last one listens; what was connected to those before still is
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cutRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ControlServer(Engine engine, ControlSocket socket)
    {
        _engine = engine;
        _socket = socket;
    }

    /// <summary>Completes when somebody asked the engine to stop.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <summary>Completes when somebody asked the engine to stop at once: transfers are to be cut.</summary>
    public Task CutRequested => _cutRequested.Task;

    public static async Task<ControlServer> StartAsync(Engine engine, ControlSocket socket, CancellationToken cancellationToken)
    {
        var server = new ControlServer(engine, socket);
        try
        {
            await server.ListenAsync(cancellationToken);
            return server;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            await server.DisposeAsync();
            throw new ProblemException(
                ProblemCodes.StateFolder, $"The engine can't listen at '{socket.Path}': {failure.Message}",
                $"Find out which process listens there, or set {StatePaths.HomeVariable} to another folder.", socket.Path, failure);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Sees to it that the engine can be found: when its socket or lock is gone it listens anew at once. Returns when that can't be done, or another
    /// engine has taken the place, with why: this one has to end then, since nobody could stop it any more.
    /// </summary>
    public async Task<Problem> StayFoundAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookEvery);
        for (var since = Environment.TickCount64; await timer.WaitForNextTickAsync(cancellationToken);)
        {
            try
            {
                if (_socket.IsLost)
                {
                    if (!_socket.TryRegain()) return new Problem(ProblemCodes.EngineStopping, "Another engine has taken the place of this one.");
                    await ListenAsync(cancellationToken);
                }

                since = Environment.TickCount64;
            }
            catch (Exception failure) when (failure is ProblemException or IOException or UnauthorizedAccessException)
            {
                if (Environment.TickCount64 - since > LostLimit.TotalMilliseconds)
                    return (failure as ProblemException)?.Problem ?? new Problem(ProblemCodes.StateFolder, $"The engine can't listen: {failure.Message}");
            }
        }

        throw new OperationCanceledException(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        foreach (var app in _apps)
        {
            await app.StopAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await app.DisposeAsync();
        }

        _closing.Dispose();
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ContractsJson.Default));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            if (EngineEndpoint.PipeName(_socket.Path) is { } pipe) kestrel.ListenNamedPipe(pipe, listen => listen.Protocols = HttpProtocols.Http1);
            else kestrel.ListenUnixSocket(_socket.Path, listen => listen.Protocols = HttpProtocols.Http1);
        });
        if (OperatingSystem.IsWindows()) builder.WebHost.UseNamedPipes(pipes => pipes.CurrentUserOnly = true);
        var app = builder.Build();
        app.Use(ReportProblemsAsync);
        app.UseRouting();
        Map(app);
        app.UseEndpoints(_ => { });
        try
        {
            await app.StartAsync(cancellationToken);
            _socket.Bound();
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        _apps.Add(app);
    }

    private void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Engine, context => ControlExchange.WriteAsync(context, Status()));
        routes.MapDelete(Routes.Engine, context =>
        {
            _stopRequested.TrySetResult();
            if (ControlExchange.IsForced(context)) _cutRequested.TrySetResult();
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        });
        routes.MapPost(Routes.QrCode, ControlExchange.Answering<QrRequest, QrDrawing>(QrCode.Draw));
        routes.MapGet(Routes.Log, context => ControlExchange.WriteAsync(
            context, _engine.Log.Read(_engine.Services.All.Select(service => service.Context.Password).OfType<string>())));
        routes.MapGet(Routes.Events, SendEventsAsync);
        new ServiceRoutes(_engine).Map(routes);
        new SavedRoutes(_engine).Map(routes);
        new RecordRoutes(_engine).Map(routes);
        new TorRoutes(_engine).Map(routes);
        new RemoteRoutes(_engine).Map(routes);
    }

    private async Task SendEventsAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var wanted = query["service"].ToString() is { Length: > 0 } id ? ControlExchange.Service(_engine, id) : null;
        using var listener = _engine.Events.Listen();
        // At the end of the engine the events that have happened still go out, the last states of the services above all.
        using var closing = _closing.Token.Register(listener.Dispose);
        var events = new EventStream(_engine, wanted, transfers: query["transfers"] == "true");
        await ControlExchange.StreamAsync(context, events.ReadAsync(listener, context.RequestAborted), context.RequestAborted);
    }

    private EngineStatus Status() => new()
    {
        Version = Engine.Version,
        ProcessId = Environment.ProcessId,
        StartedAt = _engine.StartedAt,
        Socket = _socket.Path,
        StateFolder = _engine.Options.StateFolder,
        Services = _engine.Services.Alive.Count,
        ComingBack = _engine.Restorer.ComingBackNames,
        Tor = _engine.Tor.Status,
    };

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
                await ControlExchange.WriteAsync(context, problem, problem.Status, "application/problem+json");
            }
        }
        catch (ProblemException failure) when (!context.Response.HasStarted)
        {
            await ControlExchange.WriteAsync(context, failure.Problem, failure.Problem.Status, "application/problem+json");
        }
        catch (Exception failure) when (failure is not OperationCanceledException && !context.Response.HasStarted)
        {
            _engine.Loggers.CreateLogger<ControlServer>().LogError(failure, "A control request failed");
            var problem = new Problem(ProblemCodes.Internal, $"The engine failed: {failure.Message}");
            await ControlExchange.WriteAsync(context, problem, problem.Status, "application/problem+json");
        }
    }
}

namespace OnionShare.Engine.Control;

internal sealed class ServiceRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Services, context =>
            ControlExchange.WriteAsync<IReadOnlyList<ServiceStatus>>(context, [.. engine.Services.All.Select(service => service.Status)]));
        routes.MapPost(Routes.Services, async context =>
        {
            var request = await ControlExchange.ReadAsync<ServiceRequest>(context);
            _ = engine.Restorer.Resume();
            var service = await engine.Saved.StartAsync(request, context.RequestAborted);
            await ControlExchange.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
        });
        routes.MapGet(Routes.ServiceRoute, context => ControlExchange.WriteAsync(context, ControlExchange.Service(engine, context).Status));
        routes.MapDelete(Routes.ServiceRoute, context =>
        {
            var service = ControlExchange.Service(engine, context);
            service.Stop(StopReason.Requested, ControlExchange.IsForced(context));
            return ControlExchange.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
        });
        routes.MapPatch(Routes.ServiceRoute, ControlExchange.Answering(async (ServiceChange change, HttpContext context) =>
        {
            var service = ControlExchange.Service(engine, context);
            await engine.Changes.ChangeAsync(service, change, context.RequestAborted);
            return service.Status;
        }));
        routes.MapPost(Routes.ClientsRoute, ControlExchange.Answering((GrantRequest request, HttpContext context) =>
            engine.Changes.GrantAsync(ControlExchange.Service(engine, context), request, context.RequestAborted)));
        routes.MapDelete(Routes.ClientRoute, async context =>
        {
            var service = ControlExchange.Service(engine, context);
            await engine.Changes.RevokeAsync(service, ControlExchange.ClientName(context), context.RequestAborted);
            await ControlExchange.WriteAsync(context, service.Status);
        });
        routes.MapGet(Routes.TransfersRoute, context => ControlExchange.WriteAsync(context, ControlExchange.Service(engine, context).Context.Transfers.Snapshot()));
        routes.MapPost(Routes.ServiceTestRoute, async context =>
        {
            var request = await ControlExchange.ReadAsync<ServiceTestRequest>(context);
            // What can't be tested is told as a problem, before the stream begins.
            using var test = engine.Remote.Test(ControlExchange.Service(engine, context), request.ClientKey);
            await ControlExchange.StreamAsync(context, engine.Work, test.RunAsync);
        });
        routes.MapGet(Routes.History, context => ControlExchange.WriteAsync(context, engine.History.Read()));
        routes.MapDelete(Routes.History, context =>
        {
            engine.History.Clear();
            engine.Services.ForgetEnded();
            return ControlExchange.WriteNothing(context);
        });
    }
}

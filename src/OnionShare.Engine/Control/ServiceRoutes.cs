using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

internal sealed class ServiceRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Services, context =>
            ControlBody.WriteAsync<IReadOnlyList<ServiceStatus>>(context, [.. engine.Services.All.Select(service => service.Status)]));
        routes.MapPost(Routes.Services, async context =>
        {
            var request = await ControlBody.ReadAsync<ServiceRequest>(context);
            _ = engine.Restorer.Resume();
            var service = await engine.Saved.StartAsync(request, context.RequestAborted);
            await ControlBody.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
        });
        routes.MapGet(Routes.ServiceRoute, context => ControlBody.WriteAsync(context, ControlPath.Service(engine, context).Status));
        routes.MapDelete(Routes.ServiceRoute, context =>
        {
            var service = ControlPath.Service(engine, context);
            service.Stop(StopReason.Requested, ControlPath.IsForced(context));
            return ControlBody.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
        });
        routes.MapPatch(Routes.ServiceRoute, ControlBody.Answering(async (ServiceChange change, HttpContext context) =>
        {
            var service = ControlPath.Service(engine, context);
            await engine.Changes.ChangeAsync(service, change, context.RequestAborted);
            return service.Status;
        }));
        routes.MapPost(Routes.ClientsRoute, ControlBody.Answering((GrantRequest request, HttpContext context) =>
            engine.Changes.GrantAsync(ControlPath.Service(engine, context), request, context.RequestAborted)));
        routes.MapDelete(Routes.ClientRoute, async context =>
        {
            var service = ControlPath.Service(engine, context);
            await engine.Changes.RevokeAsync(service, ControlPath.ClientName(context), context.RequestAborted);
            await ControlBody.WriteAsync(context, service.Status);
        });
        routes.MapGet(Routes.TransfersRoute, context => ControlBody.WriteAsync(context, ControlPath.Service(engine, context).Context.Transfers.Snapshot()));
        routes.MapPost(Routes.ServiceTestRoute, async context =>
        {
            var request = await ControlBody.ReadAsync<ServiceTestRequest>(context);
            // What can't be tested is told as a problem, before the stream begins.
            using var test = engine.Remote.Test(ControlPath.Service(engine, context), request.ClientKey);
            await ControlStream.WriteAsync(context, engine.Work, test.RunAsync);
        });
        routes.MapGet(Routes.History, context => ControlBody.WriteAsync(context, engine.History.Read()));
        routes.MapDelete(Routes.History, context =>
        {
            engine.History.Clear();
            engine.Services.ForgetEnded();
            return ControlBody.WriteNothing(context);
        });
    }
}

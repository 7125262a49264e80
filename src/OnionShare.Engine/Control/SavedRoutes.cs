using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

internal sealed class SavedRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.SaveRoute, context => ControlBody.WriteAsync(context, engine.Saved.Save(ControlPath.Service(engine, context))));
        routes.MapGet(Routes.Saved, context => ControlBody.WriteAsync(context, engine.Saved.All));
        routes.MapPost(Routes.Saved, ControlBody.Answering<ImportRequest, SavedService>(engine.Transport.Import));
        routes.MapGet(Routes.OneSavedRoute, context => ControlBody.WriteAsync(context, engine.Saved.Get(ControlPath.SavedName(context))));
        routes.MapDelete(Routes.OneSavedRoute, context =>
        {
            engine.Saved.Remove(ControlPath.SavedName(context));
            return ControlBody.WriteNothing(context);
        });
        routes.MapPatch(Routes.OneSavedRoute, ControlBody.Answering((ServiceChange change, HttpContext context) =>
            engine.Changes.ChangeAsync(ControlPath.SavedName(context), change, context.RequestAborted)));
        routes.MapPost(Routes.RestoreRoute, async context =>
        {
            var how = await ControlBody.ReadAsync<RestoreRequest>(context);
            var name = ControlPath.SavedName(context);
            _ = engine.Restorer.Resume(except: how.HasTimes ? name : null);
            var (service, ranAlready) = await engine.Restorer.RestoreAsync(name, how, context.RequestAborted);
            await ControlBody.WriteAsync(context, service.Status, ranAlready ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        });
        routes.MapPost(Routes.ExportRoute, ControlBody.Answering((ExportRequest request, HttpContext context) =>
            Task.FromResult(engine.Transport.Export(ControlPath.SavedName(context), request))));
        routes.MapPost(Routes.SavedClientsRoute, ControlBody.Answering((GrantRequest request, HttpContext context) =>
            engine.Changes.GrantAsync(ControlPath.SavedName(context), request, context.RequestAborted)));
        routes.MapDelete(Routes.SavedClientRoute, async context => await ControlBody.WriteAsync(
            context, await engine.Changes.RevokeAsync(ControlPath.SavedName(context), ControlPath.ClientName(context), context.RequestAborted)));
    }
}

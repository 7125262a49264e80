namespace OnionShare.Engine.Control;

internal sealed class SavedRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.SaveRoute, context => ControlExchange.WriteAsync(context, engine.Saved.Save(ControlExchange.Service(engine, context))));
        routes.MapGet(Routes.Saved, context => ControlExchange.WriteAsync(context, engine.Saved.All));
        routes.MapPost(Routes.Saved, ControlExchange.Answering<ImportRequest, SavedService>(engine.Transport.Import));
        routes.MapGet(Routes.OneSavedRoute, context => ControlExchange.WriteAsync(context, engine.Saved.Get(ControlExchange.SavedName(context))));
        routes.MapDelete(Routes.OneSavedRoute, context =>
        {
            engine.Saved.Remove(ControlExchange.SavedName(context));
            return ControlExchange.WriteNothing(context);
        });
        routes.MapPatch(Routes.OneSavedRoute, ControlExchange.Answering((ServiceChange change, HttpContext context) =>
            engine.Changes.ChangeAsync(ControlExchange.SavedName(context), change, context.RequestAborted)));
        routes.MapPost(Routes.RestoreRoute, async context =>
        {
            var how = await ControlExchange.ReadAsync<RestoreRequest>(context);
            var name = ControlExchange.SavedName(context);
            _ = engine.Restorer.Resume(except: how.HasTimes ? name : null);
            var (service, ranAlready) = await engine.Restorer.RestoreAsync(name, how, context.RequestAborted);
            await ControlExchange.WriteAsync(context, service.Status, ranAlready ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        });
        routes.MapPost(Routes.ExportRoute, ControlExchange.Answering((ExportRequest request, HttpContext context) =>
            Task.FromResult(engine.Transport.Export(ControlExchange.SavedName(context), request))));
        routes.MapPost(Routes.SavedClientsRoute, ControlExchange.Answering((GrantRequest request, HttpContext context) =>
            engine.Changes.GrantAsync(ControlExchange.SavedName(context), request, context.RequestAborted)));
        routes.MapDelete(Routes.SavedClientRoute, async context => await ControlExchange.WriteAsync(
            context, await engine.Changes.RevokeAsync(ControlExchange.SavedName(context), ControlExchange.ClientName(context), context.RequestAborted)));
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

internal sealed class SavedRoutes(Engine engine, Func<HttpContext, OnionService> named)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.SaveRoute, context => ControlBody.WriteAsync(context, engine.Saved.Save(named(context))));
        routes.MapGet(Routes.Saved, context => ControlBody.WriteAsync(context, engine.Saved.All));
        routes.MapPost(Routes.Saved, ImportAsync);
        routes.MapGet(Routes.OneSavedRoute, context => ControlBody.WriteAsync(context, engine.Saved.Get(ControlPath.SavedName(context))));
        routes.MapDelete(Routes.OneSavedRoute, context =>
        {
            engine.Saved.Remove(ControlPath.SavedName(context));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        routes.MapPatch(Routes.OneSavedRoute, ChangeAsync);
        routes.MapPost(Routes.RestoreRoute, RestoreAsync);
        routes.MapPost(Routes.ExportRoute, ExportAsync);
        routes.MapPost(Routes.SavedClientsRoute, GrantAsync);
        routes.MapDelete(Routes.SavedClientRoute, RevokeAsync);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        var change = await ControlBody.ReadAsync<ServiceChange>(context);
        await ControlBody.WriteAsync(context, await engine.Saved.ChangeAsync(ControlPath.SavedName(context), change, context.RequestAborted));
    }

    private async Task RestoreAsync(HttpContext context)
    {
        var how = await ControlBody.ReadAsync<RestoreRequest>(context);
        var name = ControlPath.SavedName(context);
        _ = engine.Saved.Resume(except: how.HasTimes ? name : null);
        var (service, ranAlready) = await engine.Saved.RestoreAsync(name, how, context.RequestAborted);
        await ControlBody.WriteAsync(context, service.Status, ranAlready ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }

    private async Task ImportAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<ImportRequest>(context);
        await ControlBody.WriteAsync(context, engine.Transport.Import(request));
    }

    private async Task ExportAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<ExportRequest>(context);
        await ControlBody.WriteAsync(context, engine.Transport.Export(ControlPath.SavedName(context), request));
    }

    private async Task GrantAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<GrantRequest>(context);
        await ControlBody.WriteAsync(context, await engine.Saved.GrantAsync(ControlPath.SavedName(context), request, context.RequestAborted));
    }

    private async Task RevokeAsync(HttpContext context) => await ControlBody.WriteAsync(
        context, await engine.Saved.RevokeAsync(ControlPath.SavedName(context), ControlPath.ClientName(context), context.RequestAborted));
}

using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

internal sealed class SavedRoutes(Engine engine, Func<HttpContext, OnionService> named)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        const string one = Routes.Saved + "/{name}";
        routes.MapPost(Routes.Services + "/{id}/save", context => ControlBody.WriteAsync(context, engine.Saved.Save(named(context))));
        routes.MapGet(Routes.Saved, context => ControlBody.WriteAsync(context, engine.Saved.All));
        routes.MapPost(Routes.Saved, ImportAsync);
        routes.MapGet(one, context => ControlBody.WriteAsync(context, engine.Saved.Get(ControlPath.SavedName(context))));
        routes.MapDelete(one, context =>
        {
            engine.Saved.Remove(ControlPath.SavedName(context));
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
        routes.MapPost(one + "/restore", RestoreAsync);
        routes.MapPost(one + "/export", ExportAsync);
        routes.MapPost(one + "/clients", GrantAsync);
        routes.MapDelete(one + "/clients/{client}", RevokeAsync);
    }

    private async Task RestoreAsync(HttpContext context)
    {
        var how = await ControlBody.ReadAsync<RestoreRequest>(context);
        var service = await engine.Saved.RestoreAsync(ControlPath.SavedName(context), how, context.RequestAborted);
        await ControlBody.WriteAsync(context, service.Status, StatusCodes.Status202Accepted);
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

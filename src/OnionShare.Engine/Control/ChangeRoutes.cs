using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>The routes that change a service while it runs.</summary>
internal sealed class ChangeRoutes(Engine engine, Func<HttpContext, OnionService> named)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPatch(Routes.ServiceRoute, ChangeAsync);
        routes.MapPost(Routes.ClientsRoute, GrantAsync);
        routes.MapDelete(Routes.ClientRoute, RevokeAsync);
    }

    private async Task ChangeAsync(HttpContext context)
    {
        var service = named(context);
        await engine.Saved.ChangeAsync(service, await ControlBody.ReadAsync<ServiceChange>(context), context.RequestAborted);
        await ControlBody.WriteAsync(context, service.Status);
    }

    private async Task GrantAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<GrantRequest>(context);
        await ControlBody.WriteAsync(context, await engine.Saved.GrantAsync(named(context), request, context.RequestAborted));
    }

    private async Task RevokeAsync(HttpContext context)
    {
        var service = named(context);
        await engine.Saved.RevokeAsync(service, ControlPath.ClientName(context), context.RequestAborted);
        await ControlBody.WriteAsync(context, service.Status);
    }
}

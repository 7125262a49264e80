using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

internal sealed class TorRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Tor, context => ControlBody.WriteAsync(context, engine.Tor.Status));
        routes.MapGet(Routes.TorSettings, context => ControlBody.WriteAsync(context, engine.TorConnector.Shown));
        routes.MapPatch(Routes.TorSettings, async context =>
        {
            var patch = await ControlBody.ReadPatchAsync(context);
            await ControlBody.WriteAsync(context, await engine.TorConnector.ChangeAsync(patch, context.RequestAborted));
        });
        routes.MapPost(Routes.TorConnect, async context =>
            await ControlBody.WriteAsync(context, await engine.Work.RunAsync(engine.TorConnector.ConnectAsync, context.RequestAborted)));
        routes.MapPost(Routes.TorDisconnect, async context =>
            await ControlBody.WriteAsync(context, await engine.TorConnector.DisconnectAsync(context.Request.Query["force"] == "true")));
    }
}

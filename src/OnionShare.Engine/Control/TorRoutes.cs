namespace OnionShare.Engine.Control;

internal sealed class TorRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Tor, context => ControlExchange.WriteAsync(context, engine.Tor.Status));
        routes.MapGet(Routes.TorSettings, context => ControlExchange.WriteAsync(context, engine.TorConnector.Shown));
        routes.MapPatch(Routes.TorSettings, async context =>
        {
            var patch = await ControlExchange.ReadPatchAsync(context);
            await ControlExchange.WriteAsync(context, await engine.TorConnector.ChangeAsync(patch, context.RequestAborted));
        });
        routes.MapPost(Routes.TorConnect, async context =>
            await ControlExchange.WriteAsync(context, await engine.Work.RunAsync(engine.TorConnector.ConnectAsync, context.RequestAborted)));
        routes.MapPost(Routes.TorDisconnect, async context =>
            await ControlExchange.WriteAsync(context, await engine.TorConnector.DisconnectAsync(ControlExchange.IsForced(context))));
        routes.MapPost(Routes.TorTest, context =>
        {
            _ = engine.TorSettings; // what can't be read is told as a problem; once the stream has begun it could not be
            return ControlExchange.StreamAsync(context, engine.Work, engine.Diagnosis.RunAsync);
        });
        routes.MapPost(Routes.TorBridges, ControlExchange.Answering((BridgeRequest request, HttpContext context) =>
            engine.Work.RunAsync(cancellation => engine.Bridges.AskAsync(request, cancellation), context.RequestAborted)));
        routes.MapPost(Routes.TorInstall, ControlExchange.Answering((TorInstallRequest request, HttpContext context) =>
            engine.Work.RunAsync(cancellation => engine.TorInstaller.InstallAsync(request, engine.TorSettings, cancellation), context.RequestAborted)));
    }
}

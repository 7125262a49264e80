using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>The routes that help where there is no tor, or where it does not connect.</summary>
internal sealed class TorHelpRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.TorTest, TestAsync);
        routes.MapPost(Routes.TorBridges, AskForBridgesAsync);
        routes.MapPost(Routes.TorInstall, InstallAsync);
    }

    private async Task TestAsync(HttpContext context)
    {
        _ = engine.TorSettings; // what can't be read is told as a problem; once the stream has begun it could not be
        await engine.Work.RunAsync(
            async cancellation =>
            {
                await ControlStream.WriteAsync(context, engine.Diagnosis.RunAsync(cancellation), cancellation);
                return true;
            },
            context.RequestAborted);
    }

    private async Task AskForBridgesAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<BridgeRequest>(context);
        await ControlBody.WriteAsync(context, await engine.Work.RunAsync(cancellation => engine.Bridges.AskAsync(request, cancellation), context.RequestAborted));
    }

    private async Task InstallAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<TorInstallRequest>(context);
        await ControlBody.WriteAsync(
            context,
            await engine.Work.RunAsync(cancellation => engine.TorInstaller.InstallAsync(request, engine.TorSettings, cancellation), context.RequestAborted));
    }
}

using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>The routes that help where tor does not connect.</summary>
internal sealed class TorHelpRoutes(Engine engine)
{
    /// <summary>Adds them.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Routes.TorBridges, AskForBridgesAsync);

    private async Task AskForBridgesAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<BridgeRequest>(context);
        await ControlBody.WriteAsync(context, await engine.Work.RunAsync(cancellation => engine.Bridges.AskAsync(request, cancellation), context.RequestAborted));
    }
}

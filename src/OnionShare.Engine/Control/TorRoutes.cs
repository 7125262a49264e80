using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>The routes about tor.</summary>
internal sealed class TorRoutes(Engine engine)
{
    /// <summary>Adds them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Tor, context => ControlBody.WriteAsync(context, engine.Tor.Status));
    }
}

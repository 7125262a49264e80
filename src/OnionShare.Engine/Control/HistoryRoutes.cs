using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>The routes of what is over.</summary>
internal sealed class HistoryRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.History, context => ControlBody.WriteAsync(context, engine.History.Read()));
        routes.MapDelete(Routes.History, context =>
        {
            engine.History.Clear();
            engine.Services.ForgetEnded();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }
}

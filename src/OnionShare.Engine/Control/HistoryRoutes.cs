using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>The routes of what is over: transfers, and the log.</summary>
internal sealed class HistoryRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.History, context => ControlBody.WriteAsync(context, engine.History.Read()));
        routes.MapGet(Routes.Log, context => ControlBody.WriteAsync(
            context, engine.Log.Read(engine.Services.All.Select(service => service.Context.Password).OfType<string>())));
        routes.MapDelete(Routes.History, context =>
        {
            engine.History.Clear();
            engine.Services.ForgetEnded();
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        });
    }
}

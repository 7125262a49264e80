using OnionShare.Contracts;
using OnionShare.Engine.Clients;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>The route that visits a service of this engine.</summary>
internal sealed class ServiceTestRoutes(Engine engine, Func<HttpContext, OnionService> named)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPost(Routes.ServiceTestRoute, TestAsync);

    private async Task TestAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<ServiceTestRequest>(context);
        using var test = engine.Remote.Test(named(context), request.ClientKey); // what can't be tested is told as a problem, before the stream begins
        await engine.Work.RunAsync(
            async cancellation =>
            {
                await ControlStream.WriteAsync(context, test.RunAsync(cancellation), cancellation);
                return true;
            },
            context.RequestAborted);
    }
}

using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>The routes of the other end: somebody else's services.</summary>
internal sealed class RemoteRoutes(Engine engine)
{
    /// <summary>Adds them.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.RemoteList, ListAsync);
        routes.MapPost(Routes.RemoteFetch, context => StreamAsync<FetchRequest, ClientEvent>(context, engine.Remote.FetchAsync));
        routes.MapPost(Routes.RemoteSend, context => StreamAsync<SendRequest, ClientEvent>(context, engine.Remote.SendAsync));
        routes.MapPost(Routes.RemoteChat, context => StreamAsync<ChatVisitRequest, ChatEvent>(context, engine.Remote.ChatAsync));
        routes.MapPost(Routes.SayRoute, async context =>
        {
            var request = await ControlBody.ReadAsync<SayRequest>(context);
            await engine.Remote.Room((string)context.Request.RouteValues["room"]!).SayAsync(request.Text, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
        routes.MapPost(Routes.RenameInRoomRoute, async context =>
        {
            var request = await ControlBody.ReadAsync<RenameRequest>(context);
            await engine.Remote.Room((string)context.Request.RouteValues["room"]!).RenameAsync(request.Name, context.RequestAborted);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }

    private async Task ListAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<RemoteListRequest>(context);
        await ControlBody.WriteAsync(context, await engine.Work.RunAsync(cancellation => engine.Remote.ListAsync(request, cancellation), context.RequestAborted));
    }

    private async Task StreamAsync<TRequest, TEvent>(HttpContext context, Func<TRequest, CancellationToken, IAsyncEnumerable<TEvent>> work)
        where TRequest : class
    {
        var request = await ControlBody.ReadAsync<TRequest>(context);
        await engine.Work.RunAsync(
            async cancellation =>
            {
                await ControlStream.WriteAsync(context, work(request, cancellation), cancellation);
                return true;
            },
            context.RequestAborted);
    }
}

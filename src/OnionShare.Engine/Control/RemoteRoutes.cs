namespace OnionShare.Engine.Control;

/// <summary>The routes of the other end: somebody else's services.</summary>
internal sealed class RemoteRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.RemoteList, ControlExchange.Answering((RemoteListRequest request, HttpContext context) =>
            engine.Work.RunAsync(cancellation => engine.Remote.ListAsync(request, cancellation), context.RequestAborted)));
        routes.MapPost(Routes.RemoteFetch, Streaming<FetchRequest, ClientEvent>(engine.Remote.FetchAsync));
        routes.MapPost(Routes.RemoteSend, Streaming<SendRequest, ClientEvent>(engine.Remote.SendAsync));
        routes.MapPost(Routes.RemoteChat, Streaming<ChatVisitRequest, ChatEvent>(engine.Remote.ChatAsync));
        routes.MapPost(Routes.SayRoute, async context =>
        {
            var request = await ControlExchange.ReadAsync<SayRequest>(context);
            await engine.Remote.Room((string)context.Request.RouteValues["room"]!).SayAsync(request.Text, context.RequestAborted);
            await ControlExchange.WriteNothing(context);
        });
        routes.MapPost(Routes.RenameInRoomRoute, async context =>
        {
            var request = await ControlExchange.ReadAsync<RenameRequest>(context);
            await engine.Remote.Room((string)context.Request.RouteValues["room"]!).RenameAsync(request.Name, context.RequestAborted);
            await ControlExchange.WriteNothing(context);
        });
    }

    private RequestDelegate Streaming<TRequest, TEvent>(Func<TRequest, CancellationToken, IAsyncEnumerable<TEvent>> work)
        where TRequest : class => async context =>
        {
            var request = await ControlExchange.ReadAsync<TRequest>(context);
            await ControlExchange.StreamAsync(context, engine.Work, cancellation => work(request, cancellation));
        };
}

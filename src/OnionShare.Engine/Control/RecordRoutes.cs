namespace OnionShare.Engine.Control;

/// <summary>
/// The routes of records that somebody else keeps. They are in bodies only, never in a path, and handed out by POST: no answer to a GET holds a secret key.
/// </summary>
internal sealed class RecordRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.RecordRoute, context => ControlExchange.WriteAsync(context, engine.Records.Of(ControlExchange.Service(engine, context))));
        routes.MapPost(Routes.UpdateRecordRoute, ControlExchange.Answering((UpdateRecordRequest request, HttpContext context) =>
            Task.FromResult(engine.Records.Update(ControlExchange.Service(engine, context), request))));
        routes.MapPut(Routes.VaultRoute, ControlExchange.Answering((VaultRequest request, HttpContext context) =>
        {
            var service = ControlExchange.Service(engine, context);
            engine.Records.Keep(service, request);
            return Task.FromResult(service.Status);
        }));
        routes.MapDelete(Routes.VaultRoute, context =>
        {
            var service = ControlExchange.Service(engine, context);
            engine.Saved.LeaveTo(service, null);
            return ControlExchange.WriteAsync(context, service.Status);
        });
        routes.MapPost(Routes.Records, ControlExchange.Answering<RecordRequest, SavedService>(engine.Records.Describe));
        routes.MapPost(Routes.RestoreRecord, async context =>
        {
            var request = await ControlExchange.ReadAsync<RestoreRecordRequest>(context);
            _ = engine.Restorer.Resume();
            var (service, ranAlready) = await engine.Records.RestoreAsync(request, context.RequestAborted);
            await ControlExchange.WriteAsync(context, service.Status, ranAlready ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        });
        routes.MapPost(Routes.GrantRecord, ControlExchange.Answering<GrantRecordRequest, GrantedRecord>(engine.Records.Grant));
        routes.MapPost(Routes.RevokeRecord, ControlExchange.Answering<RevokeRecordRequest, ServiceRecord>(engine.Records.Revoke));
        routes.MapPost(Routes.ExportRecord, ControlExchange.Answering<ExportRecordRequest, SavedService>(engine.Records.Export));
        routes.MapPost(Routes.ImportRecord, ControlExchange.Answering<ImportRequest, ServiceRecord>(engine.Records.Import));
    }
}

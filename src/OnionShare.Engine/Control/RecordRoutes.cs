using OnionShare.Contracts;

namespace OnionShare.Engine.Control;

/// <summary>
/// The routes of records that somebody else keeps. They are in bodies only, never in a path, and handed out by POST: no answer to a GET holds a secret key.
/// </summary>
internal sealed class RecordRoutes(Engine engine)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.RecordRoute, context => ControlBody.WriteAsync(context, engine.Records.Of(ControlPath.Service(engine, context))));
        routes.MapPost(Routes.UpdateRecordRoute, ControlBody.Answering((UpdateRecordRequest request, HttpContext context) =>
            Task.FromResult(engine.Records.Update(ControlPath.Service(engine, context), request))));
        routes.MapPut(Routes.VaultRoute, ControlBody.Answering((VaultRequest request, HttpContext context) =>
        {
            var service = ControlPath.Service(engine, context);
            engine.Records.Keep(service, request);
            return Task.FromResult(service.Status);
        }));
        routes.MapDelete(Routes.VaultRoute, context =>
        {
            var service = ControlPath.Service(engine, context);
            engine.Saved.LeaveTo(service, null);
            return ControlBody.WriteAsync(context, service.Status);
        });
        routes.MapPost(Routes.Records, ControlBody.Answering<RecordRequest, SavedService>(engine.Records.Describe));
        routes.MapPost(Routes.RestoreRecord, async context =>
        {
            var request = await ControlBody.ReadAsync<RestoreRecordRequest>(context);
            _ = engine.Restorer.Resume();
            var (service, ranAlready) = await engine.Records.RestoreAsync(request, context.RequestAborted);
            await ControlBody.WriteAsync(context, service.Status, ranAlready ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
        });
        routes.MapPost(Routes.GrantRecord, ControlBody.Answering<GrantRecordRequest, GrantedRecord>(engine.Records.Grant));
        routes.MapPost(Routes.RevokeRecord, ControlBody.Answering<RevokeRecordRequest, ServiceRecord>(engine.Records.Revoke));
        routes.MapPost(Routes.ExportRecord, ControlBody.Answering<ExportRecordRequest, SavedService>(engine.Records.Export));
        routes.MapPost(Routes.ImportRecord, ControlBody.Answering<ImportRequest, ServiceRecord>(engine.Records.Import));
    }
}

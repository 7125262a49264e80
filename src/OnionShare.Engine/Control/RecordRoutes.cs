using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>
/// The routes of records that somebody else keeps. They are in bodies only, never in a path, and handed out by POST: no answer to a GET holds a secret key.
/// </summary>
internal sealed class RecordRoutes(Engine engine, Func<HttpContext, OnionService> named)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.RecordRoute, context => ControlBody.WriteAsync(context, engine.Records.Of(named(context))));
        routes.MapPost(Routes.UpdateRecordRoute, UpdateAsync);
        routes.MapPut(Routes.VaultRoute, KeepAsync);
        routes.MapDelete(Routes.VaultRoute, context =>
        {
            var service = named(context);
            engine.Saved.LeaveTo(service, null);
            return ControlBody.WriteAsync(context, service.Status);
        });
        routes.MapPost(Routes.Records, Answering<RecordRequest, SavedService>(engine.Records.Describe));
        routes.MapPost(Routes.RestoreRecord, RestoreAsync);
        routes.MapPost(Routes.GrantRecord, Answering<GrantRecordRequest, GrantedRecord>(engine.Records.Grant));
        routes.MapPost(Routes.RevokeRecord, Answering<RevokeRecordRequest, ServiceRecord>(engine.Records.Revoke));
        routes.MapPost(Routes.ExportRecord, Answering<ExportRecordRequest, SavedService>(engine.Records.Export));
        routes.MapPost(Routes.ImportRecord, Answering<ImportRequest, ServiceRecord>(engine.Records.Import));
    }

    private static RequestDelegate Answering<TRequest, TAnswer>(Func<TRequest, TAnswer> answer)
        where TRequest : class => async context =>
        await ControlBody.WriteAsync(context, answer(await ControlBody.ReadAsync<TRequest>(context)));

    private async Task UpdateAsync(HttpContext context)
    {
        var service = named(context);
        await ControlBody.WriteAsync(context, engine.Records.Update(service, await ControlBody.ReadAsync<UpdateRecordRequest>(context)));
    }

    private async Task KeepAsync(HttpContext context)
    {
        var service = named(context);
        engine.Records.Keep(service, await ControlBody.ReadAsync<VaultRequest>(context));
        await ControlBody.WriteAsync(context, service.Status);
    }

    private async Task RestoreAsync(HttpContext context)
    {
        var request = await ControlBody.ReadAsync<RestoreRecordRequest>(context);
        _ = engine.Saved.Resume();
        var (service, ranAlready) = await engine.Records.RestoreAsync(request, context.RequestAborted);
        await ControlBody.WriteAsync(context, service.Status, ranAlready ? StatusCodes.Status200OK : StatusCodes.Status202Accepted);
    }
}

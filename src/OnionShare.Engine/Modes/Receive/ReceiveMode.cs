using OnionShare.Engine.Modes.Receive.Encryption;
using OnionShare.Engine.Modes.Receive.Resumable;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>Takes files and messages in: by a form, or resumably, piece by piece.</summary>
public sealed class ReceiveMode : IServiceMode
{
    /// <summary>The title in English when the operator gave none.</summary>
    internal const string UsualTitle = "OnionShare Dropbox";

    private readonly ReceiveRequest _request;
    private readonly Func<string?> _socks;
    private readonly Func<long>? _freeSpace;
    private readonly TimeProvider _time;
    private ReceiveParts? _parts;
    private ResumableStore? _store;
    private Webhook? _webhook;

    /// <param name="request">What was asked for.</param>
    /// <param name="socks">Tells tor's SOCKS endpoint, through which a webhook is called; null while there is none.</param>
    /// <param name="freeSpace">Tells the free bytes of the inbox's disk; null: asks the system.</param>
    /// <param name="time">The clock; null for the system's.</param>
    internal ReceiveMode(ReceiveRequest request, Func<string?> socks, Func<long>? freeSpace = null, TimeProvider? time = null) =>
        (_request, _socks, _freeSpace, _time) = (request, socks, freeSpace, time ?? TimeProvider.System);

    public string DefaultTitle => UsualTitle;

    public IReadOnlyList<string> Paths => [_request.Path];

    /// <summary>No limit of the server's own: what is taken is counted here while it is read.</summary>
    public long? MaxRequestBodySize => null;

    public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        var recipients = Recipients.Read(_request, _time);
        _webhook = _request.WebhookUrl is null ? null : Webhook.Create(_request, _socks, context);
        var inbox = new Inbox(_request.Path, _time);
        inbox.Prepare();
        var quota = new ReceiveQuota(_request, _freeSpace ?? inbox.FreeSpace, _time, context.Warn);
        _parts = new ReceiveParts(context, inbox, quota, new WriteBuffers(), new DiskFlush(), recipients);
        foreach (var words in recipients?.Words ?? []) context.Warn(words);
        quota.CheckAtStart();
        _store = new ResumableStore(_parts);
        _store.Open();
        return Task.CompletedTask;
    }

    /// <summary>A key file that holds another key next time must not go unnoticed: whoever put it there would read all that comes in.</summary>
    public ServiceRequest Kept(ServiceRequest settings) =>
        settings is ReceiveRequest receive && _parts?.Recipients is { } recipients ? receive with { EncryptToKeys = recipients.Fingerprints } : settings;

    public void Take(ServiceRequest settings) => _parts!.Quota.Settings = (ReceiveRequest)settings;

    public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
    {
        var pages = new ReceivePages(_parts!, _webhook);
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], pages.ShowAsync);
        routes.MapMethods("/upload", [HttpMethods.Post], pages.UploadAsync);
        // Where a reload of the answer, or its address typed again, leads to.
        routes.MapMethods("/upload", [HttpMethods.Get, HttpMethods.Head], http =>
        {
            http.Response.StatusCode = StatusCodes.Status303SeeOther;
            http.Response.Headers.Location = PageText.Of(http).Link("/");
            return Task.CompletedTask;
        });
        routes.MapMethods("/upload-ajax", [HttpMethods.Post], pages.UploadForScriptAsync);
        routes.MapMethods(ServiceIndex.Route, [HttpMethods.Get, HttpMethods.Head], http =>
        {
            var settings = _parts!.Request;
            var inbox = new IndexedInbox(
                !settings.NoFiles, !settings.NoText, settings.MaxFileSize, settings.MaxSubmissionSize, "tus-" + ResumableRoutes.Version,
                settings.MaxFiles, MessageText.MostCharacters);
            return IndexResponse.SendAsync(http, new ServiceIndex { Mode = "receive", Title = context.Title, Inbox = inbox });
        });
        new ResumableRoutes(_parts!, _store!, _webhook).Map(routes);
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_webhook is not null) await _webhook.DisposeAsync();
        _parts?.Disk.Dispose();
    }
}

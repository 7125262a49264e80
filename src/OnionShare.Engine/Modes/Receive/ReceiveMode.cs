using OnionShare.Contracts;
using OnionShare.Engine.Modes.Receive.Resumable;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>Takes files and messages in: by a form, or resumably, piece by piece.</summary>
public sealed class ReceiveMode : IServiceMode
{
    private readonly ReceiveRequest _request;
    private readonly Func<string?> _socks;
    private readonly ReceiveParts _parts;
    private ResumableStore? _store;
    private Webhook? _webhook;

    /// <summary>Makes the mode for a request.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="socks">Tells tor's SOCKS endpoint, through which a webhook is called; null while there is none.</param>
    /// <param name="freeSpace">Tells the free bytes of the inbox's disk; null: asks the system.</param>
    /// <param name="time">The clock; null for the system's.</param>
    internal ReceiveMode(ReceiveRequest request, Func<string?> socks, Func<long>? freeSpace = null, TimeProvider? time = null)
    {
        (_request, _socks) = (request, socks);
        var clock = time ?? TimeProvider.System;
        var inbox = new Inbox(request.Path, clock);
        _parts = new ReceiveParts(request, inbox, new Intake(request, freeSpace ?? inbox.FreeSpace, clock), new WriteBuffers(), new DiskFlush());
    }

    /// <inheritdoc/>
    public string DefaultTitle => "OnionShare Dropbox";

    /// <inheritdoc/>
    public IReadOnlyList<string> Paths => [_request.Path];

    /// <summary>No limit of the server's own: what is taken is counted here while it is read.</summary>
    public long? MaxRequestBodySize => null;

    /// <inheritdoc/>
    public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        Check();
        _webhook = _request.WebhookUrl is null ? null : Webhook.Create(_request, _socks, context);
        _parts.Inbox.Prepare();
        _store = new ResumableStore(_parts, context);
        _store.Open();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
    {
        var pages = new ReceivePages(_parts, context, _webhook);
        routes.MapMethods("/", [HttpMethods.Get, HttpMethods.Head], pages.ShowAsync);
        routes.MapMethods("/upload", [HttpMethods.Post], pages.UploadAsync);
        routes.MapMethods("/upload-ajax", [HttpMethods.Post], pages.UploadForScriptAsync);
        new ResumableRoutes(_parts, _store!, context, _webhook).Map(routes);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        if (_webhook is not null) await _webhook.DisposeAsync();
        _parts.Disk.Dispose();
    }

    private void Check()
    {
        if (_request is { NoFiles: true, NoText: true })
            throw Invalid("Neither files nor messages would be taken.", "Leave out one of the two.");
        foreach (var limit in new[] { _request.MaxFileSize, _request.MaxSubmissionSize, _request.MaxTotalSize, _request.MaxConcurrent })
        {
            if (limit <= 0) throw Invalid("A limit is zero or negative.", "Take a larger one, or leave it out for none.");
        }

        if (_request.MinFreeSpace < 0) throw Invalid("The space to leave free is negative.", "Take 0 or more.");
    }

    private static ProblemException Invalid(string detail, string advice) => new(ProblemCodes.InvalidRequest, detail, advice);
}

using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>
/// The room without scripts: a page of two frames, one that streams the conversation for as long as it is open, which is the
/// member's presence, and one with the form. They belong together by the seat's token, which this room has drawn.
/// </summary>
internal sealed class PlainEndpoint(Room room, ServiceContext service)
{
    public const string Start = "/plain";
    public const string Messages = "/plain/messages";
    public const string Write = "/plain/write";

    // No script ever, and these pages alone may be framed, by their own host.
    private const string Policy =
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

    private const string FormType = "application/x-www-form-urlencoded";

    private const string HtmlType = "text/html; charset=utf-8";

    /// <summary>How long the form waits for its member to join: a round trip over a slow circuit.</summary>
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(10);

    /// <summary>How long who reads slowly may take for the last words when the room is closed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(3);

    private long _forms;

    public void Map(IEndpointRouteBuilder routes)
    {
        string[] reading = [HttpMethods.Get, HttpMethods.Head];
        routes.MapMethods(Start, reading, http =>
            PageResponse.SendAsync<PlainPage>(http, StatusCodes.Status200OK, new { Title = ChatMode.TitleFor(service, http), Seat = room.DrawToken() }));
        routes.MapMethods(Messages, reading, http => HttpMethods.IsHead(http.Request.Method) ? TellOfStream(http) : StreamAsync(http));
        routes.MapMethods(Write, reading, WriteAsync);
        routes.MapPost("/plain/say", http => PostAsync(http, (connection, form) =>
            long.TryParse(form["n"], CultureInfo.InvariantCulture, out var n) ? room.Say(connection, n, form["text"].ToString()) : NotUnderstood));
        routes.MapPost("/plain/rename", http => PostAsync(http, (connection, form) => room.Rename(connection, form["name"].ToString())));
        routes.MapPost("/plain/leave", http => PostAsync(http, (connection, _) =>
        {
            room.Leave(connection);
            return null;
        }));
    }

    private static Refused NotUnderstood => new(RefusalCodes.Malformed, new Phrase("chat.refused.form"));

    // HEAD takes no seat: presence comes only from a connection that lives.
    private static Task TellOfStream(HttpContext http)
    {
        AllowOwnFrame(http);
        http.Response.ContentType = HtmlType;
        return Task.CompletedTask;
    }

    // Both frames are asked for at once, and this one may be first: the form has the name only when the other has joined.
    private async Task WriteAsync(HttpContext http)
    {
        var seat = http.Request.Query["seat"].ToString();
        if (HttpMethods.IsGet(http.Request.Method)) await room.WhenPresentAsync(seat, JoinLimit, http.RequestAborted);
        await ShowFormAsync(http, seat);
    }

    private async Task StreamAsync(HttpContext http)
    {
        AllowOwnFrame(http);
        var seat = http.Request.Query["seat"].ToString();
        if (!room.TryResume(seat, null, out var connection, out var refused) && !room.TryJoin(null, seat, out connection, out refused))
        {
            await RefuseStreamAsync(http, refused!);
            return;
        }

        using var cut = CancellationTokenSource.CreateLinkedTokenSource(service.Cut, http.RequestAborted, connection.Outbox.Dropped);
        using var closing = service.Draining.Register(() => cut.CancelAfter(Farewell));
        // The pulse goes the way of all messages, so that nothing else ever writes to the response.
        await using var pulse = service.Time.CreateTimer(_ => room.Answer(connection, new Pong()), null, room.Limits.Pulse, room.Limits.Pulse);
        try
        {
            var text = PageText.Of(http);
            text.Describe(http.Response);
            http.Response.ContentType = HtmlType;
            http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await http.Response.Body.WriteAsync(Head(http), cut.Token);
            await foreach (var message in connection.Outbox.ReadAllAsync(cut.Token))
            {
                await http.Response.Body.WriteAsync(PlainHtml.Of(message, text.Language), cut.Token);
                await http.Response.Body.FlushAsync(cut.Token);
            }

            if (!connection.Outbox.Dropped.IsCancellationRequested && !service.IsDraining)
                await http.Response.Body.WriteAsync(PlainHtml.Status(text["chat.left"]), cut.Token);
            await http.Response.Body.WriteAsync(PlainHtml.Foot, cut.Token);
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException)
        {
            http.Abort(); // so that the browser shows a page that broke, not one that is complete
        }
        finally
        {
            room.Disconnect(connection);
        }
    }

    private async Task RefuseStreamAsync(HttpContext http, Refused refused)
    {
        http.Response.StatusCode = refused.Code == RefusalCodes.SeatGone ? StatusCodes.Status404NotFound : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = HtmlType;
        await http.Response.Body.WriteAsync((byte[])[.. Head(http), .. PlainHtml.Status(PageText.Of(http).Say(refused.Phrase)), .. PlainHtml.Foot]);
    }

    private async Task PostAsync(HttpContext http, Func<MemberConnection, IFormCollection, Refused?> act)
    {
        // Never multipart: the framework would put large parts into files.
        if (http.Request.ContentType?.StartsWith(FormType, StringComparison.OrdinalIgnoreCase) != true)
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(new FormOptions { ValueCountLimit = 8, BufferBody = false }, http.RequestAborted);
        }
        catch (InvalidDataException)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var seat = form["seat"].ToString();
        var refused = room.Find(seat) is { } connection
            ? act(connection, form)
            : new Refused(RefusalCodes.NotJoined, new Phrase("chat.refused.not-connected"));
        if (refused is null) http.Response.Redirect(PageText.Of(http).Link($"{Write}?seat={Uri.EscapeDataString(seat)}"));
        else await ShowFormAsync(http, seat, refused, form["text"]);
        if (refused is null) http.Response.StatusCode = StatusCodes.Status303SeeOther;
    }

    private async Task ShowFormAsync(HttpContext http, string seat, Refused? refused = null, string? text = null)
    {
        AllowOwnFrame(http);
        var status = refused?.Code switch
        {
            null => StatusCodes.Status200OK,
            RefusalCodes.TooFast => StatusCodes.Status429TooManyRequests,
            RefusalCodes.TooLong => StatusCodes.Status413PayloadTooLarge,
            RefusalCodes.NotJoined or RefusalCodes.NameInUse => StatusCodes.Status409Conflict,
            _ => StatusCodes.Status400BadRequest,
        };
        var note = refused?.Phrase ?? (room.Find(seat) is null ? new Phrase("chat.not-yet") : null);
        await PageResponse.SendAsync<PlainForm>(http, status, new
        {
            Seat = seat,
            // Rising, so that a form sent twice says its words once.
            N = Interlocked.Increment(ref _forms),
            room.Find(seat)?.Member.Name,
            Members = room.Find(seat) is null ? [] : room.List(),
            Note = note is null ? null : PageText.Of(http).Say(note),
            Text = text,
        });
    }

    private static void AllowOwnFrame(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = Policy;
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
    }

    private byte[] Head(HttpContext http)
    {
        var assets = http.RequestServices.GetRequiredService<StaticAssets>();
        return PlainHtml.Head(ChatMode.TitleFor(service, http), PageText.Of(http).Language, [assets.Href("style.css"), assets.Href("chat.css")]);
    }
}

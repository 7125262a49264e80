using OnionShare.Engine.Passwords;
using OnionShare.Engine.Services;
using OnionShare.Engine.Web;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Modes.Chat;

/// <summary>A chat room for people who have the address and the password. Nothing of it is stored.</summary>
public sealed class ChatMode(RoomLimits? limits = null) : IServiceMode
{
    /// <summary>The title in English when the operator gave none.</summary>
    private const string UsualTitle = "OnionShare chat";

    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private Room? _room;
    private volatile bool _hasLastWords;

    public string DefaultTitle => UsualTitle;

    public IReadOnlyList<string> Paths => [];

    public int? Members => _room?.PresentCount ?? 0;

    public bool HasLastWords => _hasLastWords;

    /// <summary>Room for the longest message of the page without scripts, every character of it percent-encoded.</summary>
    public long? MaxRequestBodySize => 64 * 1024;

    public Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken)
    {
        _room = new Room(PasswordGenerator.TwoWords, context.Time, limits);
        return Task.CompletedTask;
    }

    public void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context)
    {
        var room = _room!;
        context.Draining.Register(() => _hasLastWords = room.Close()); // there is nothing to wait for: the room ends at once
        routes.MapMethods("/", Reading, http => ShowAsync(http, context));
        routes.MapMethods(ServiceIndex.Route, Reading, http =>
            IndexResponse.SendAsync(http, new ServiceIndex { Mode = "chat", Title = context.Title, Room = new IndexedRoom(1, "/socket") }));
        routes.MapGet("/socket", new SocketEndpoint(room, context).RunAsync);
        new PlainEndpoint(room, context).Map(routes);
    }

    public ValueTask DisposeAsync()
    {
        _room?.Dispose();
        return ValueTask.CompletedTask;
    }

    // A title the operator gave is theirs; that of all who gave none is ours to translate.
    internal static string TitleFor(ServiceContext context, HttpContext http) =>
        context.Title == UsualTitle ? PageText.Of(http)["title.chat"] : context.Title;

    private async Task ShowAsync(HttpContext http, ServiceContext context)
    {
        context.CountVisit();
        // Not every browser takes 'self' to mean the WebSocket of the same host. The Host header has been checked.
        http.Response.Headers.ContentSecurityPolicy = $"{IServiceMode.StrictPolicy}; connect-src 'self' ws://{http.Request.Host.Value}";
        await PageResponse.SendAsync<ChatPage>(http, StatusCodes.Status200OK, new { Title = TitleFor(context, http), Seat = _room!.DrawToken() });
    }
}

using Microsoft.AspNetCore.Http.Features;
using OnionShare.Contracts;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Control;

/// <summary>What the control API's addresses name. Names may hold anything, slashes too, which routing leaves encoded: they are read from the request line.</summary>
internal static class ControlPath
{
    /// <summary>The name in <c>/v1/saved/NAME</c>.</summary>
    public static string SavedName(HttpContext context) => Segment(context, 2);

    /// <summary>The name in <c>/v1/…/…/clients/NAME</c>.</summary>
    public static string ClientName(HttpContext context) => Segment(context, 4);

    /// <summary>The service with the id in <c>/v1/services/ID</c>.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.ServiceNotFound"/>.</exception>
    public static Service Service(Engine engine, HttpContext context) => Service(engine, (string)context.Request.RouteValues["id"]!);

    public static Service Service(Engine engine, string id) => engine.Services.Find(id) ?? throw new ProblemException(
        ProblemCodes.ServiceNotFound, $"No service has the id '{RemoteText.Show(id)}'.", "Get-OnionService lists them.", id);

    public static bool IsForced(HttpContext context) => context.Request.Query["force"] == "true";

    private static string Segment(HttpContext context, int index)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return Uri.UnescapeDataString(target.Split('?')[0].Split('/')[index + 1]);
    }
}

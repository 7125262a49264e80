using Microsoft.AspNetCore.Http.Features;

namespace OnionShare.Engine.Control;

/// <summary>Names in the control API's paths. They may hold anything, slashes too, which routing leaves encoded: they are read from the request line.</summary>
internal static class ControlPath
{
    /// <summary>The name in <c>/v1/saved/NAME</c>.</summary>
    public static string SavedName(HttpContext context) => Segment(context, 2);

    /// <summary>The name in <c>/v1/…/…/clients/NAME</c>.</summary>
    public static string ClientName(HttpContext context) => Segment(context, 4);

    private static string Segment(HttpContext context, int index)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return Uri.UnescapeDataString(target.Split('?')[0].Split('/')[index + 1]);
    }
}

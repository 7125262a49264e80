namespace OnionShare.Engine.Web;

/// <summary>
/// Refuses with 403 what another site makes a visitor's browser do: requests that change something and WebSocket upgrades (RFC 6455
/// §10.2) whose Origin (RFC 6454 §7) is not the host asked for, or which Fetch Metadata calls cross-site. Programs that send
/// neither header, such as curl, are let in. Stands behind <see cref="HostFilter"/>. Use it with <c>app.Use(OriginFilter.InvokeAsync)</c>.
/// </summary>
public static class OriginFilter
{
    public static Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        IsSafe(context.Request) || IsOwn(context.Request)
            ? next(context)
            : ErrorPages.Refuse(context, StatusCodes.Status403Forbidden);

    /// <summary>Neither a method that changes something (RFC 9110 §9.2.1) nor an upgrade (RFC 9110 §7.8, RFC 8441).</summary>
    private static bool IsSafe(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method))
        && request.Headers.Upgrade.Count == 0;

    private static bool IsOwn(HttpRequest request)
    {
        var site = request.Headers["Sec-Fetch-Site"];
        // Another port of 127.0.0.1 is "same-site": another program's page. "none" is the visitor's own doing, such as a reload.
        if (site.Count > 0 && site is not ["same-origin" or "none"]) return false;

        var origin = request.Headers.Origin;
        if (origin.Count == 0) return true;
        if (origin is not [{ } only]) return false;
        // Browsers say "null" when a form is sent from a page with Referrer-Policy: no-referrer; only Fetch Metadata then tells whose it is.
        if (only == "null") return site is ["same-origin"] && request.Headers.Upgrade.Count == 0;
        return HostFilter.Normalized(only) == "http://" + HostFilter.Normalized(request.Headers.Host.ToString());
    }
}

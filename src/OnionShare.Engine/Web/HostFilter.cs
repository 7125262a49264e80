using System.Collections.Frozen;

namespace OnionShare.Engine.Web;

/// <summary>
/// Lets in only requests for the service's own hosts, so that a page which points a name of its own at 127.0.0.1 (DNS rebinding)
/// gets nothing. Another host: 421 (RFC 9110 §15.5.20); none, or several: 400 (RFC 9112 §3.2). Use it with
/// <c>app.Use(filter.InvokeAsync)</c>.
/// </summary>
public sealed class HostFilter
{
    private volatile FrozenSet<string> _hosts;

    /// <summary>Makes a filter; see <see cref="Allow"/>.</summary>
    public HostFilter(params IEnumerable<string> hosts) => _hosts = Normalized(hosts);

    /// <summary>
    /// Replaces the hosts let in: an onion address, or <c>127.0.0.1:port</c>. Case does not matter; <c>:80</c> is the same as no port
    /// (RFC 9110 §4.2.1). None = everything is refused.
    /// </summary>
    public void Allow(params IEnumerable<string> hosts) => _hosts = Normalized(hosts);

    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers.Host is not [{ Length: > 0 } host])
            return ErrorPages.Refuse(context, StatusCodes.Status400BadRequest);
        return _hosts.Contains(Normalized(host))
            ? next(context)
            : ErrorPages.Refuse(context, StatusCodes.Status421MisdirectedRequest);
    }

    /// <summary>Lower case, without the port if it is HTTP's own.</summary>
    internal static string Normalized(string host)
    {
        var lower = host.ToLowerInvariant();
        return lower.EndsWith(":80", StringComparison.Ordinal) ? lower[..^3] : lower;
    }

    private static FrozenSet<string> Normalized(IEnumerable<string> hosts) => hosts.Select(Normalized).ToFrozenSet(StringComparer.Ordinal);
}

using OnionShare.Engine.Services;

namespace OnionShare.Engine.Web;

/// <summary>
/// Puts the headers on every response, errors too, that keep a visitor's browser from loading, leaking or embedding anything. Must be the
/// first middleware, with whatever renders errors right behind it: an exception that gets past it ends in Kestrel's bare 500, which has no
/// content to protect. Use it with <c>app.Use(headers.InvokeAsync)</c>.
/// </summary>
public sealed class SecurityHeaders
{
    private const string Permissions =
        "accelerometer=(), autoplay=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), "
        + "midi=(), payment=(), usb=()";

    private readonly string? _policy;

    /// <param name="contentSecurityPolicy">The policy; null = none at all.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: the policy can't be sent in a header.</exception>
    public SecurityHeaders(string? contentSecurityPolicy = IServiceMode.StrictPolicy)
    {
        Check(contentSecurityPolicy);
        _policy = contentSecurityPolicy;
    }

    /// <summary>Checks that a policy can be sent in a header.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: it can't.</exception>
    public static void Check(string? contentSecurityPolicy)
    {
        if (contentSecurityPolicy?.AsSpan().ContainsAnyExceptInRange(' ', '~') == true)
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest,
                "The Content-Security-Policy holds a line break or another character that can't be sent in a header.",
                "Write it in one line of plain ASCII.", RemoteText.Show(contentSecurityPolicy));
        }
    }

    /// <summary>The middleware. A header the endpoint has set itself stays as it is.</summary>
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // At the last moment: an exception handler clears what was set earlier.
        context.Response.OnStarting(() =>
        {
            Write(context.Response.Headers);
            return Task.CompletedTask;
        });
        return next(context);
    }

    private void Write(IHeaderDictionary headers)
    {
        HiddenClock.Hide(headers);
        headers.Remove("blazor-enhanced-nav"); // the framework sets it for a script of its own that is not here
        if (_policy is not null) headers.TryAdd("Content-Security-Policy", _policy);
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        // Nothing goes to other sites, as with no-referrer; but that one would make browsers send forms with "Origin: null" (Fetch §3.2).
        headers.TryAdd("Referrer-Policy", "same-origin");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Cross-Origin-Opener-Policy", "same-origin");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Permissions-Policy", Permissions);
        headers.TryAdd("Cache-Control", "no-store");
    }
}

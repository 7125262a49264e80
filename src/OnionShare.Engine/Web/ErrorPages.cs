using OnionShare.Engine.Services;
using OnionShare.Engine.Web.Languages;
using OnionShare.Engine.Web.Pages;

namespace OnionShare.Engine.Web;

/// <summary>Gives every error that has no body yet a page that says what the visitor can do.</summary>
internal static class ErrorPages
{
    public static async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException refused) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = refused.StatusCode;
        }
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            // What failed is the operator's to know, not the visitor's.
            var service = context.RequestServices.GetRequiredService<ServiceContext>();
            service.Warn($"A request failed: {RemoteText.Show(failure.Message)}");
            context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ErrorPages)).LogError(failure, "A request failed");
            context.Response.Clear();
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }

        if (context.Response.HasStarted || context.Response.StatusCode < 400 || context.Response.ContentLength is not null) return;
        await WriteAsync(context);
    }

    /// <summary>Answers a request that is not let in: a status, nothing of the service.</summary>
    public static Task Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context)
    {
        // A visitor who has not passed the gate can't fetch a style sheet, so the page carries it, and the policy names it by its hash.
        var style = context.RequestServices.GetRequiredService<StaticAssets>().Style;
        context.Response.Headers.ContentSecurityPolicy = $"{IServiceMode.StrictPolicy}; style-src 'self' '{style.Source}'";
        var status = context.Response.StatusCode;
        _ = PageText.Of(context); // while its address is still the visitor's
        // The renderer makes a URI of what the visitor called us, which need not be one: any Host comes here before it is checked.
        (context.Request.Host, context.Request.Path, context.Request.QueryString) = (new HostString("localhost"), "/", default);
        await PageResponse.SendAsync<ErrorPage>(context, status, new { Status = status, Style = style.Text });
    }
}

namespace OnionShare.Engine.Web;

/// <summary>The answer to a request that is not let in: a status and a short line that tells nothing of the service.</summary>
internal static class Refusal
{
    public static Task WriteAsync(HttpContext context, int status, string line)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        response.ContentLength = line.Length; // ASCII
        response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : response.WriteAsync(line, context.RequestAborted);
    }
}

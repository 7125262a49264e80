namespace OnionShare.Engine.Web;

/// <summary>The answer to a request that is not let in: a status, nothing of the service. <see cref="ErrorPages"/> gives it words.</summary>
internal static class Refusal
{
    public static Task With(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}

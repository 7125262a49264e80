using System.IO.Compression;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http.HttpResults;
using OnionShare.Engine.Web.Languages;

namespace OnionShare.Engine.Web;

/// <summary>Sends pages, compressed for whoever takes that: a circuit is slow, and a long listing shrinks to a tenth.</summary>
internal static class PageResponse
{
    /// <param name="http">Where to.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="parameters">An object whose properties are the page's parameters.</param>
    public static async Task SendAsync<TPage>(HttpContext http, int status, object parameters)
        where TPage : IComponent
    {
        var page = new RazorComponentResult<TPage>(parameters) { StatusCode = status };
        http.Response.Headers.Vary = "Accept-Encoding";
        PageText.Of(http).Describe(http.Response);
        // Not Brotli: its encoder holds megabytes for as long as a visitor is slow.
        if (!AcceptEncoding.Read(http.Request.Headers.AcceptEncoding).HasFlag(ContentCodings.Gzip))
        {
            await page.ExecuteAsync(http);
            return;
        }

        http.Response.Headers.ContentEncoding = ContentEncoder.NameOf(ContentCodings.Gzip);
        var plain = http.Response.Body;
        await using var encoder = new GZipStream(plain, CompressionLevel.Fastest, leaveOpen: true);
        http.Response.Body = encoder;
        try
        {
            await page.ExecuteAsync(http);
        }
        finally
        {
            http.Response.Body = plain;
        }
    }
}

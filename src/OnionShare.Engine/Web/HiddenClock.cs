using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace OnionShare.Engine.Web;

/// <summary>
/// No answer tells the time of this computer: how its clock runs ahead or behind, and faster when it is warm, tells one computer from all others (S. J. Murdoch,
/// «Hot or Not», CCS 2006; S. Zander and S. J. Murdoch, USENIX Security 2008), and every stranger would be told before the password. A server may leave Date out
/// when its clock can't be relied on (RFC 9110 §6.6.1); nothing here is kept by a cache without asking again.
/// </summary>
/// <remarks>Kestrel has no switch for it, but writes no line for a header that is set and has no value.</remarks>
internal sealed class HiddenClock : DiagnosticSource
{
    private const string BadRequest = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private static readonly StringValues Nothing = new([null]);

    /// <summary>Leaves the date out of an answer.</summary>
    public static void Hide(IHeaderDictionary headers) => headers.Date = Nothing;

    /// <inheritdoc/>
    public override bool IsEnabled(string name) => name == BadRequest;

    /// <summary>Kestrel answers by itself what it can't read, and tells of it here just before: the answer it has made begins now, without the date.</summary>
    public override void Write(string name, object? value)
    {
        if (value is not IFeatureCollection features || features.Get<IHttpResponseFeature>() is not { HasStarted: false } response) return;
        Hide(response.Headers);
        response.Headers.Connection = "close";
        _ = features.GetRequiredFeature<IHttpResponseBodyFeature>().StartAsync(); // the head is made before it returns; who is told can't wait
    }
}

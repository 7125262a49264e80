using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Web;

/// <summary>
/// Styles, scripts and icons of the pages: embedded, and served under a path with 128 random bits, so that no shared name collides. Each is
/// compressed once for everybody, and has an entity tag, so that whoever has it need not fetch it again.
/// </summary>
public sealed class StaticAssets
{
    private const string ResourcePrefix = "asset/";

    private readonly Dictionary<string, Asset> _assets;

    public StaticAssets()
    {
        Path = "/" + RandomNumberGenerator.GetHexString(32, lowercase: true);
        var assembly = typeof(StaticAssets).Assembly;
        _assets = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(ResourcePrefix, StringComparison.Ordinal))
            .ToDictionary(
                name => name[ResourcePrefix.Length..],
                name =>
                {
                    using var stream = assembly.GetManifestResourceStream(name)!;
                    var bytes = new byte[stream.Length];
                    stream.ReadExactly(bytes);
                    return new Asset(bytes, MediaTypes.Of(name));
                },
                StringComparer.Ordinal);
        var style = _assets["style.css"].Bytes;
        Style = new InlineStyle(Encoding.UTF8.GetString(style), $"sha256-{Convert.ToBase64String(SHA256.HashData(style))}");
    }

    /// <summary>The style sheet, for pages that can't link to it.</summary>
    public InlineStyle Style { get; }

    /// <summary>The folder of all assets, without a slash at the end.</summary>
    public string Path { get; }

    public string Href(string name) => $"{Path}/{name}";

    public void Map(IEndpointRouteBuilder routes) =>
        routes.MapMethods(Path + "/{name}", [HttpMethods.Get, HttpMethods.Head], (HttpContext context) =>
            SendAsync(context, (string)context.Request.RouteValues["name"]!));

    public Task SendAsync(HttpContext context, string name)
    {
        if (!_assets.TryGetValue(name, out var asset))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return SendAsync(context, asset);
    }

    private static async Task SendAsync(HttpContext context, Asset asset)
    {
        var (coding, bytes, tag) = await asset.InAsync(ContentEncoder.Best(AcceptEncoding.Read(context.Request.Headers.AcceptEncoding)));
        var response = context.Response;
        // The path is new at every start, so what lies under it never changes; nothing is to stay on the visitor's disk, though.
        response.Headers.CacheControl = "private, max-age=3600";
        response.Headers.Vary = "Accept-Encoding";
        response.Headers.ETag = tag;
        if (new Preconditions(tag, DateTimeOffset.MaxValue, IsDateStrong: false).Evaluate(context.Request.Headers) == PreconditionOutcome.NotModified)
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = bytes.Length;
        if (coding != ContentCodings.None) response.Headers.ContentEncoding = ContentEncoder.NameOf(coding);
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(bytes);
    }

    /// <param name="Text">The style sheet.</param>
    /// <param name="Source">Its hash source, without the quotes (CSP Level 3 §2.3.1).</param>
    public sealed record InlineStyle(string Text, string Source);

    private sealed class Asset(byte[] bytes, string contentType)
    {
        private readonly ConcurrentDictionary<ContentCodings, Lazy<Task<(ContentCodings Coding, byte[] Bytes, string EntityTag)>>> _encoded = new();

        public byte[] Bytes => bytes;

        public string ContentType => contentType;

        /// <summary>It in a coding, or as it is where the coding makes it no smaller.</summary>
        public Task<(ContentCodings Coding, byte[] Bytes, string EntityTag)> InAsync(ContentCodings wanted) => _encoded.GetOrAdd(wanted, coding => new(async () =>
        {
            var encoded = coding == ContentCodings.None ? bytes : await ContentEncoder.CompressAsync(bytes, coding, CancellationToken.None);
            if (encoded.Length >= bytes.Length) (coding, encoded) = (ContentCodings.None, bytes);
            return (coding, encoded, $"\"{Convert.ToHexStringLower(SHA256.HashData(encoded).AsSpan(0, 16))}\"");
        })).Value;
    }
}

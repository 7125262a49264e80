using Microsoft.AspNetCore.StaticFiles;

namespace OnionShare.Engine.Files;

/// <summary>Media types by file name, and which of them are worth compressing.</summary>
internal static class MediaTypes
{
    private const string Unknown = "application/octet-stream";

    private static readonly FileExtensionContentTypeProvider ByExtension = WithNewer(new FileExtensionContentTypeProvider());

    private static readonly HashSet<string> Compressible = new(StringComparer.OrdinalIgnoreCase)
    {
        "application/json", "application/ld+json", "application/manifest+json", "application/xml", "application/xhtml+xml", "application/rss+xml",
        "application/atom+xml", "application/wasm", "application/vnd.ms-fontobject", "application/rtf", "image/svg+xml", "image/bmp",
        "font/ttf", "font/otf", "application/x-font-ttf", "application/javascript", "application/vnd.apple.mpegurl", "application/dash+xml",
    };

    public static string Of(string fileName) => ByExtension.TryGetContentType(fileName, out var type) ? type : Unknown;

    /// <summary>The value of Content-Type for a page of that name; text is said to be UTF-8.</summary>
    public static string OfPage(string fileName) => Of(fileName) is var type && IsText(type) ? type + "; charset=utf-8" : type;

    /// <summary>Whether a value of Content-Type names a type whose bytes shrink.</summary>
    public static bool IsCompressible(string contentType) => IsText(contentType) || Compressible.Contains(contentType);

    private static bool IsText(string type) => type.StartsWith("text/", StringComparison.OrdinalIgnoreCase);

    private static FileExtensionContentTypeProvider WithNewer(FileExtensionContentTypeProvider provider)
    {
        (string Extension, string Type)[] newer =
        [
            (".js", "text/javascript"), (".mjs", "text/javascript"), (".avif", "image/avif"), (".jxl", "image/jxl"), (".webp", "image/webp"),
            (".wasm", "application/wasm"), (".webmanifest", "application/manifest+json"), (".jsonld", "application/ld+json"),
            (".opus", "audio/ogg"), (".flac", "audio/flac"), (".m4a", "audio/mp4"), (".m4v", "video/mp4"), (".mkv", "video/x-matroska"),
            (".webm", "video/webm"), (".vtt", "text/vtt"), (".md", "text/markdown"), (".log", "text/plain"), (".ps1", "text/plain"),
            (".psm1", "text/plain"), (".sh", "text/plain"), (".yml", "text/plain"), (".yaml", "text/plain"), (".toml", "text/plain"),
            (".ini", "text/plain"), (".epub", "application/epub+zip"), (".asc", "text/plain"), (".sig", Unknown),
            // What players ask for piece by piece: HLS (RFC 8216 §10) and DASH. TypeScript, which has the name too, is not served to browsers.
            (".m3u8", "application/vnd.apple.mpegurl"), (".ts", "video/mp2t"), (".m4s", "video/iso.segment"), (".mpd", "application/dash+xml"),
            (".rss", "application/rss+xml"), (".atom", "application/atom+xml"), (".xml", "application/xml"),
        ];
        foreach (var (extension, type) in newer) provider.Mappings[extension] = type;
        return provider;
    }
}

using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OnionShare.Engine.Web.Languages;

/// <summary>Reads which languages a visitor's browser asks for (RFC 9110 §12.5.4), and finds the first there are pages in (RFC 4647 §3.4).</summary>
internal static class AcceptLanguage
{
    /// <summary>The language asked for most; null for none of ours.</summary>
    public static Language? Best(StringValues header)
    {
        if (header.Count == 0 || !StringWithQualityHeaderValue.TryParseList(header, out var wanted)) return null;
        return wanted.Where(range => range.Quality is not 0)
            .OrderByDescending(range => range.Quality ?? 1) // stable: of two alike the first
            .Select(range => Find(range.Value.ToString()))
            .FirstOrDefault(language => language is not null);
    }

    private static Language? Find(string range)
    {
        var parts = range.ToLowerInvariant().Split('-');
        if (parts[0] is not "zh") return Language.Find(parts[0]);
        // By script, or by where which one is written.
        return Language.Find(parts.Contains("hant") || (!parts.Contains("hans") && parts.Any(part => part is "tw" or "hk" or "mo")) ? "zh-Hant" : "zh-Hans");
    }
}

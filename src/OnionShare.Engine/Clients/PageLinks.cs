using System.Net;
using System.Text.RegularExpressions;

namespace OnionShare.Engine.Clients;

internal static partial class PageLinks
{
    private const int Most = 100_000;

    /// <summary>What the page's anchors lead to, as it is written.</summary>
    public static IEnumerable<string> Of(string page) =>
        Anchors().Matches(page).Take(Most).Select(match => WebUtility.HtmlDecode(match.Groups["to"].Value));

    [GeneratedRegex("""<a\s[^>]{0,500}?href\s*=\s*(?:"(?<to>[^"]{1,4000})"|'(?<to>[^']{1,4000})')""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Anchors();
}

using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OnionShare.Engine.Web;

/// <summary>
/// What a program tells that has read a download to its end: a POST without a body, with the header <see cref="Header"/> that its requests had, the hash in
/// <c>Repr-Digest</c> (RFC 9530 §3), the entity tag in <c>If-Match</c>, and the number of bytes in the query (<c>bytes</c>).
/// </summary>
internal sealed record DownloadReceipt(string Id, string EntityTag, long Bytes, byte[] Sha256)
{
    /// <summary>Names one download over all its requests and circuits: 32 hexadecimal digits, drawn by the one who downloads.</summary>
    public const string Header = "Onionshare-Download";

    /// <summary>The download that a request belongs to; null when it does not say.</summary>
    public static string? IdOf(HttpRequest request) =>
        request.Headers[Header] is [{ Length: 32 } id] && id.All(char.IsAsciiHexDigitLower) ? id : null;

    public static bool TryRead(HttpRequest request, [NotNullWhen(true)] out DownloadReceipt? receipt)
    {
        receipt = IdOf(request) is { } id && request.Headers.IfMatch is [{ } entityTag]
            && long.TryParse(request.Query["bytes"], NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            && ReprDigest.Read(request.Headers[ReprDigest.Header]) is { } hash
            ? new DownloadReceipt(id, entityTag, bytes, hash)
            : null;
        return receipt is not null;
    }
}

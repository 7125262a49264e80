namespace OnionShare.Engine.Modes.Chat;

/// <summary>Finds web addresses in a message. The page's script does the same for itself.</summary>
internal static class TextLinks
{
    private static readonly string[] Schemes = ["http://", "https://"];

    /// <summary>The text in pieces, each of them either words or an address.</summary>
    public static IEnumerable<(string Piece, bool IsLink)> Split(string text)
    {
        var done = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('h' or 'H') || (i > 0 && char.IsLetterOrDigit(text[i - 1]))) continue;
            if (!Schemes.Any(scheme => string.Compare(text, i, scheme, 0, scheme.Length, StringComparison.OrdinalIgnoreCase) == 0)) continue;
            var end = i;
            while (end < text.Length && !IsEnd(text[end])) end++;
            var address = text[i..end].TrimEnd('.', ',', ';', ':', '!', '?', '\'', ')', ']', '}', '*', '_');
            if (Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Host.Length > 0)
            {
                if (i > done) yield return (text[done..i], false);
                yield return (address, true);
                done = i + address.Length;
            }

            i = end - 1;
        }

        if (done < text.Length) yield return (text[done..], false);
    }

    private static bool IsEnd(char character) =>
        char.IsWhiteSpace(character) || char.IsControl(character) || character is '<' or '>' or '"' or '\\' or '`' or (>= '\u200B' and <= '\u200F');
}

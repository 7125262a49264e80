using System.Text;

namespace OnionShare.Engine.Web;

/// <summary>
/// Writes the Content-Disposition header (RFC 6266) for a name in any script. Whatever the name holds, the value consists of
/// printable ASCII only, so that no name can end the header or the quoted string.
/// </summary>
public static class ContentDisposition
{
    public static string Attachment(string fileName) => Write("attachment", fileName);

    /// <summary>The header of something to be shown, saved as <paramref name="fileName"/> if the visitor asks for it.</summary>
    public static string Inline(string fileName) => Write("inline", fileName);

    private static string Write(string type, string fileName)
    {
        var name = WithoutPathAndControls(fileName);
        var plain = Plain(name);
        var value = new StringBuilder(type).Append("; filename=\"").Append(plain).Append('"');
        if (plain != name) value.Append("; filename*=UTF-8''").Append(Uri.EscapeDataString(name)); // RFC 6266 §4.3: preferred by who knows it.
        return value.ToString();
    }

    private static string WithoutPathAndControls(string fileName)
    {
        var name = string.Create(fileName.Length, fileName, static (to, from) =>
        {
            for (var i = 0; i < from.Length; i++) to[i] = char.IsControl(from[i]) || from[i] is '/' or '\\' ? '_' : from[i];
        });
        return name is "" or "." or ".." ? "download" : name;
    }

    /// <summary>For old clients: ASCII without the characters that RFC 6266 appendix D warns of.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var rune in name.EnumerateRunes())
        {
            plain.Append(rune.IsAscii && rune.Value is not ('"' or '%') ? (char)rune.Value : '_');
        }

        return plain.ToString();
    }
}

using System.Text;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>Names that mean something to some scheduler, shell or format; the same ones at every run.</summary>
internal static class HostileNames
{
    private static readonly string[] Pieces =
    [
        "\"", "'", "\\", "\\\\", "\\x41", "\\u0041", "%", "%%", "%h", "%n", "%i", "$", "$$", "$HOME", "${HOME}", "$(id)", "`id`", ";", " ; ", "&", "&&", "|", "<",
        ">", "]]>", "<!--", "-->", "--", "-", "/", "//", "../", "#", "=", "!", "@", "+", ":", "{", "}", "[", "]", "*", "?", "~", ",", " ", "  ", "a", "Z", "0",
        "é", "ß", "İ", "☂", "字", "😀", "&amp;", "&#10;", "CON", ".service", "--force", "/bin/sh -c",
    ];

    /// <summary>Names a service may have: what can be seen.</summary>
    public static IEnumerable<string> Visible()
    {
        var random = new Random(4711);
        foreach (var piece in Pieces) yield return piece.Trim() is { Length: > 0 } visible ? visible : "x" + piece;
        for (var i = 0; i < 1500; i++)
        {
            var name = new StringBuilder();
            for (var left = random.Next(1, 9); left > 0; left--) name.Append(Pieces[random.Next(Pieces.Length)]);
            if (!string.IsNullOrWhiteSpace(name.ToString())) yield return name.ToString();
        }
    }

    /// <summary>Any text but NUL: also what can't be seen.</summary>
    public static IEnumerable<string> Any()
    {
        var random = new Random(4712);
        string[] invisible = ["\n", "\r", "\t", "\u001b[31m", "\u007f", "\u0085", "\u202e", "\u200b", "\u2028", "\u2029", "\ufeff", "\n[Service]\nExecStart=/bin/sh\n"];
        return Visible().Select(name => name.Insert(random.Next(name.Length + 1) is var at && at < name.Length && char.IsLowSurrogate(name[at]) ? 0 : at,
            invisible[random.Next(invisible.Length)]));
    }
}

using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Tests.Scheduling;

/// <summary>Reads values of unit files as <c>systemd.syntax(7)</c> and <c>systemd.service(5)</c> say they are read.</summary>
internal static class UnitReader
{
    /// <summary>All values of a key, as they are written.</summary>
    public static IReadOnlyList<string> Values(string unit, string key) =>
        [.. unit.Split('\n').Where(line => line.StartsWith(key + "=", StringComparison.Ordinal)).Select(line => line[(key.Length + 1)..])];

    /// <summary>The words of a command line, every specifier and variable put in: as <c>«%h»</c> and <c>«$HOME»</c>, so that they are seen.</summary>
    public static IReadOnlyList<string> Command(string line)
    {
        var words = Words(line, escapes: true).Select(Specifiers).ToList();
        return [words[0], .. words.Skip(1).Select(Variables)];
    }

    /// <summary>The words of another list.</summary>
    public static IReadOnlyList<string> List(string line, bool escapes) => [.. Words(line, escapes).Select(Specifiers)];

    private static List<string> Words(string line, bool escapes)
    {
        var words = new List<string>();
        var word = (StringBuilder?)null;
        var quote = '\0';
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (c == '\\')
            {
                i++;
                (word ??= new StringBuilder()).Append(escapes ? Escape(line, ref i) : line[i].ToString());
            }
            else if (quote != '\0' ? c == quote : c is '"' or '\'')
            {
                quote = quote == '\0' ? c : '\0';
                word ??= new StringBuilder();
            }
            else if (quote == '\0' && c is ' ' or '\t' && quote == '\0')
            {
                if (word is not null) words.Add(word.ToString());
                word = null;
            }
            else
            {
                (word ??= new StringBuilder()).Append(c);
            }
        }

        if (quote != '\0') throw new FormatException($"A quote is left open: {line}");
        if (word is not null) words.Add(word.ToString());
        return words;
    }

    private static string Escape(string line, ref int i)
    {
        var digits = line[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits == 0) return line[i] switch { 'n' => "\n", 't' => "\t", 'r' => "\r", 's' => " ", '"' or '\\' or '\'' => line[i].ToString(), var c => throw new FormatException($"\\{c}") };
        var value = int.Parse(line.AsSpan(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        i += digits;
        if (value == 0) throw new FormatException("NUL");
        return char.ConvertFromUtf32(value);
    }

    private static string Specifiers(string word) => Twice(word, '%');

    private static string Variables(string word) => Twice(word, '$');

    private static string Twice(string word, char sign)
    {
        var text = new StringBuilder();
        for (var i = 0; i < word.Length; i++)
        {
            text.Append(word[i]);
            if (word[i] != sign) continue;
            i++;
            if (i == word.Length || word[i] != sign) text.Append('«').Append(i < word.Length ? word[i] : ' ').Append('»');
        }

        return text.ToString();
    }
}

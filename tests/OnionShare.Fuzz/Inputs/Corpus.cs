using System.Globalization;
using System.Text;

namespace OnionShare.Fuzz.Inputs;

/// <summary>Good inputs to begin from: one a line, with <c>\r \n \t \0 \\ \xHH</c> for what a line can't hold.</summary>
internal static class Corpus
{
    /// <summary>The lines of <c>Corpus/NAME.txt</c>.</summary>
    public static byte[][] Bytes(string name)
    {
        using var stream = typeof(Corpus).Assembly.GetManifestResourceStream("corpus/" + name) ?? throw new InvalidOperationException($"There is no corpus {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => Unescape(line.TrimEnd('\r')))];
    }

    /// <summary>The same as text.</summary>
    public static string[] Texts(string name) => [.. Bytes(name).Select(Encoding.UTF8.GetString)];

    /// <summary>Bytes as a line of a corpus.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var line = new StringBuilder();
        foreach (var one in bytes)
        {
            line.Append(one switch
            {
                (byte)'\r' => "\\r",
                (byte)'\n' => "\\n",
                (byte)'\\' => "\\\\",
                >= 0x20 and < 0x7F => ((char)one).ToString(),
                _ => $"\\x{one:X2}",
            });
        }

        return line.ToString();
    }

    private static byte[] Unescape(string line)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] != '\\')
            {
                var length = char.IsHighSurrogate(line[at]) ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(line.Substring(at, length)));
                at += length - 1;
                continue;
            }

            switch (line[++at])
            {
                case 'x':
                    bytes.Add(byte.Parse(line.AsSpan(at + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
                    at += 2;
                    break;
                case var letter:
                    bytes.Add((byte)(letter switch { 'r' => '\r', 'n' => '\n', 't' => '\t', '0' => '\0', _ => letter }));
                    break;
            }
        }

        return [.. bytes];
    }
}

using System.Text;
using QRCoder;

namespace OnionShare.Engine.Control;

public static class QrCode
{
    private const int Trimmed = 2;

    // A link is some 45 modules wide: 450 pixels, sharp on paper too.
    private const int PixelsOfModule = 10;

    // Of error correction L and bytes, the largest there is (ISO/IEC 18004, table 7).
    private const int MostBytes = 2953;

    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: there is too much to say for a code, or nothing.</exception>
    public static QrDrawing Draw(QrRequest request)
    {
        if (Encoding.UTF8.GetByteCount(request.Text) is 0 or > MostBytes)
            throw new ProblemException(ProblemCodes.InvalidRequest, $"A QR code says 1 to {MostBytes} bytes.", "Draw less.");
        if (request.Form == QrForm.Text) return new QrDrawing { Lines = Lines(request.Text) };
        using var code = Code(request.Text);
        if (request.Form == QrForm.Png)
        {
            using var png = new PngByteQRCode(code);
            return new QrDrawing { Image = png.GetGraphic(PixelsOfModule) };
        }

        using var svg = new SvgQRCode(code);
        return new QrDrawing { Image = Encoding.UTF8.GetBytes(svg.GetGraphic(PixelsOfModule)) };
    }

    /// <summary>Draws the text as a QR code (ISO/IEC 18004, error correction L) with half blocks: two rows of modules a line.</summary>
    public static IReadOnlyList<string> Lines(string text)
    {
        using var code = Code(text);
        // A quiet zone of two modules instead of four is enough for readers.
        var count = code.ModuleMatrix.Count - (2 * Trimmed);
        var modules = code.ModuleMatrix.GetRange(Trimmed, count).ConvertAll(row => row.Cast<bool>().Skip(Trimmed).Take(count).ToArray());
        return [.. Enumerable.Range(0, (modules.Count + 1) / 2).Select(line => string.Create(modules.Count, (modules, line), static (drawn, state) =>
        {
            for (var column = 0; column < drawn.Length; column++)
            {
                var upper = state.modules[2 * state.line][column];
                var lower = 2 * state.line + 1 < state.modules.Count && state.modules[2 * state.line + 1][column];
                // Terminals are mostly light on dark: a light module is drawn, a dark one left out.
                drawn[column] = (upper, lower) switch { (false, false) => '█', (false, true) => '▀', (true, false) => '▄', _ => ' ' };
            }
        }))];
    }

    private static QRCodeData Code(string text)
    {
        using var generator = new QRCodeGenerator();
        return generator.CreateQrCode(Dense(text), QRCodeGenerator.ECCLevel.L);
    }

    /// <summary>
    /// The same link with its onion address in capitals, which a code says in 5½ bits each instead of 8 (ISO/IEC 18004 §7.4.4): with a password of up to 43
    /// characters it fits a terminal of 24 lines, the link below. A host's case says nothing (RFC 3986 §6.2.2.1).
    /// </summary>
    internal static string Dense(string text)
    {
        const string scheme = "http://";
        if (!text.StartsWith(scheme, StringComparison.Ordinal) || !text.EndsWith(".onion", StringComparison.Ordinal)) return text;
        var host = Math.Max(scheme.Length, text.LastIndexOf('@') + 1);
        return text[..host] + text[host..].ToUpperInvariant();
    }
}

using QRCoder;

namespace OnionShare.Engine.Control;

public static class QrCode
{
    private const int Trimmed = 2;

    /// <summary>Draws the text as a QR code (ISO/IEC 18004, error correction L) with half blocks: two rows of modules a line.</summary>
    public static IReadOnlyList<string> Lines(string text)
    {
        using var generator = new QRCodeGenerator();
        using var code = generator.CreateQrCode(text, QRCodeGenerator.ECCLevel.L);
        // A quiet zone of two modules instead of four is enough for readers, and the code of an onion address with its password fits 24 lines.
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
}

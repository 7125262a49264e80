using System.Globalization;
using System.Text;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>
/// What is written to a terminal for one frame after the other: only the lines that changed, in one piece (synchronized output, DECSET 2026), so that
/// nothing flickers.
/// </summary>
internal sealed class WatchFrames
{
    private string[] _shown = [];
    private (int Width, int Height) _size;

    /// <summary>
    /// The next frame: lines from the top. One that is longer than the screen is wide is followed by <see cref="WatchView.Continued"/> for each row it
    /// takes more. Empty where nothing changed.
    /// </summary>
    public string Next(IReadOnlyList<string> lines, (int Width, int Height) size)
    {
        var isAnew = size != _size;
        if (isAnew) _shown = [];
        var changed = Changed(lines, size.Height);
        (_size, _shown) = (size, [.. lines]);
        if (changed.Count == 0 && !isAnew) return "";
        var output = new StringBuilder("\e[?2026h").Append(isAnew ? "\e[2J" : "");
        // Cleared first, since a line that fills its row leaves the cursor on its last character.
        foreach (var row in changed) output.Append(CultureInfo.InvariantCulture, $"\e[{row + 1};1H\e[2K");
        foreach (var row in changed.Where(row => row < lines.Count && lines[row] != WatchView.Continued))
            output.Append(CultureInfo.InvariantCulture, $"\e[{row + 1};1H{lines[row]}\e[0m");
        return output.Append("\e[?2026l").ToString();
    }

    /// <summary>Writes all of it next time.</summary>
    public void Forget() => _size = default;

    // The rows to write. One that is the end of the row above it is written with that.
    private List<int> Changed(IReadOnlyList<string> lines, int height)
    {
        var changed = Enumerable.Range(0, height).Select(row => At(lines, row) != At(_shown, row)).ToArray();
        for (var row = height - 1; row > 0; row--) changed[row - 1] |= changed[row] && At(lines, row) == WatchView.Continued;
        for (var row = 1; row < height; row++) changed[row] |= changed[row - 1] && At(lines, row) == WatchView.Continued;
        return [.. Enumerable.Range(0, height).Where(row => changed[row])];
    }

    private static string At(IReadOnlyList<string> lines, int row) => row < lines.Count ? lines[row] : "";
}

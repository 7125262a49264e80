using System.Text;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>Text on one line, cut with an ellipsis where there is no room; a text of Spectre's would go on below. No markup: a name with brackets is a name.</summary>
internal sealed class OneLine(string text, Style style) : IRenderable
{
    private readonly string _text = RemoteText.Show(text, 1000);

    public Measurement Measure(RenderOptions options, int maxWidth) => new(Math.Min(1, maxWidth), Math.Min(_text.GetCellWidth(), maxWidth));

    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        if (_text.GetCellWidth() <= maxWidth) return [new Segment(_text, style)];
        var cut = new StringBuilder();
        var left = maxWidth - 1;
        foreach (var rune in _text.EnumerateRunes())
        {
            left -= rune.ToString().GetCellWidth();
            if (left < 0) break;
            cut.Append(rune.ToString());
        }

        return [new Segment(cut.Append('…').ToString(), style)];
    }
}

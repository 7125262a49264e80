using System.Globalization;
using System.Text;

namespace OnionShare.Cmdlets.Chat;

/// <summary>What a key made of the line being typed.</summary>
internal enum InputStep
{
    None,

    /// <summary>It has to be drawn anew.</summary>
    Changed,
    Entered,
}

/// <summary>The line a person types in a chat room: text, cursor, and the lines before. Knows no console.</summary>
internal sealed class InputLine
{
    private const int MostBefore = 100;

    private readonly StringBuilder _text = new();
    private readonly List<string> _before = [];
    private int _at;

    public string Text => _text.ToString();
    public int Cursor { get; private set; }

    public InputStep Take(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return InputStep.Entered;
            case ConsoleKey.Backspace when Cursor > 0:
                return Remove(Before(), Cursor);
            case ConsoleKey.Delete when Cursor < _text.Length:
                return Remove(Cursor, After());
            case ConsoleKey.LeftArrow:
                return Go(Before());
            case ConsoleKey.RightArrow:
                return Go(After());
            case ConsoleKey.Home:
                return Go(0);
            case ConsoleKey.End:
                return Go(_text.Length);
            case ConsoleKey.Escape:
                return Set("");
            case ConsoleKey.UpArrow when _at > 0:
                return Set(_before[--_at]);
            case ConsoleKey.DownArrow when _at < _before.Count:
                return Set(++_at == _before.Count ? "" : _before[_at]);
            case ConsoleKey.U when key.Modifiers == ConsoleModifiers.Control:
                return Remove(0, Cursor);
            default:
                if (char.IsControl(key.KeyChar)) return InputStep.None;
                _text.Insert(Cursor++, key.KeyChar);
                return InputStep.Changed;
        }
    }

    /// <summary>Takes what is typed away, to be sent.</summary>
    public string Finish()
    {
        var text = Text;
        if (text.Length > 0)
        {
            _before.Add(text);
            if (_before.Count > MostBefore) _before.RemoveAt(0);
        }

        _at = _before.Count;
        Set("");
        return text;
    }

    /// <summary>The part of the text that fits into so many columns of a terminal, made safe to show, and how many columns before its end the cursor is.</summary>
    public (string Shown, int Back) Window(int columns)
    {
        var pieces = new List<(string Shown, int Cells)>();
        var cursor = 0;
        for (var at = 0; at < _text.Length;)
        {
            if (at < Cursor) cursor++;
            var length = char.IsHighSurrogate(_text[at]) && at + 1 < _text.Length ? 2 : 1;
            var shown = RemoteText.Show(_text.ToString(at, length));
            pieces.Add((shown, TerminalCells.Of(shown)));
            at += length;
        }

        // As much of what stands before the cursor as there is room for, and one column for the cursor itself.
        var (start, used) = (cursor, 0);
        while (start > 0 && used + pieces[start - 1].Cells < columns) used += pieces[--start].Cells;
        var (end, back) = (cursor, 0);
        while (end < pieces.Count && used + back + pieces[end].Cells <= columns) back += pieces[end++].Cells;
        return (string.Concat(pieces[start..end].Select(piece => piece.Shown)), back);
    }

    // What a person takes for one character may be several here: an emoji, a letter with its marks.
    private int Before()
    {
        var at = 0;
        for (var next = 0; next < Cursor; next += StringInfo.GetNextTextElementLength(Text, next)) at = next;
        return at;
    }

    private int After() => Cursor >= _text.Length ? _text.Length : Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    private InputStep Remove(int from, int to)
    {
        _text.Remove(from, to - from);
        Cursor = from;
        return InputStep.Changed;
    }

    private InputStep Go(int to)
    {
        Cursor = to;
        return InputStep.Changed;
    }

    private InputStep Set(string text)
    {
        _text.Clear().Append(text);
        Cursor = text.Length;
        return InputStep.Changed;
    }
}

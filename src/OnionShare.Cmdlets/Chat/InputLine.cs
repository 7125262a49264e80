using System.Text;

namespace OnionShare.Cmdlets.Chat;

/// <summary>What a key made of the line being typed.</summary>
internal enum InputStep
{
    /// <summary>It is as it was.</summary>
    None,

    /// <summary>It has to be drawn anew.</summary>
    Changed,

    /// <summary>It is finished.</summary>
    Entered,
}

/// <summary>The line a person types in a chat room: text, cursor, and the lines before. Knows no console.</summary>
internal sealed class InputLine
{
    private const int MostBefore = 100;

    private readonly StringBuilder _text = new();
    private readonly List<string> _before = [];
    private int _at;

    /// <summary>What is typed.</summary>
    public string Text => _text.ToString();

    /// <summary>Where the cursor is in it.</summary>
    public int Cursor { get; private set; }

    /// <summary>Takes a key.</summary>
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

    /// <summary>The part of the text that fits into so many columns, and the cursor's place in it.</summary>
    public (string Shown, int Cursor) Window(int columns)
    {
        if (columns < 1) return ("", 0);
        var start = Math.Max(0, Cursor - columns + 1);
        return (Text.Substring(start, Math.Min(columns, _text.Length - start)), Cursor - start);
    }

    // A character outside the basic plane is two here, and one to who types.
    private int Before() => Cursor <= 0 ? 0 : Cursor - (Cursor > 1 && char.IsLowSurrogate(_text[Cursor - 1]) ? 2 : 1);

    private int After() => Cursor >= _text.Length ? _text.Length : Cursor + (char.IsHighSurrogate(_text[Cursor]) && Cursor + 1 < _text.Length ? 2 : 1);

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

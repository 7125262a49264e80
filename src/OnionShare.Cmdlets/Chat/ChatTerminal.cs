namespace OnionShare.Cmdlets.Chat;

/// <summary>A chat room in a terminal: what happens scrolls by, the line being typed stays below it.</summary>
internal sealed class ChatTerminal(bool hasColors)
{
    private const string Prompt = "> ";
    private const int TextLength = 100_000;
    private static readonly int[] Colors = [36, 32, 33, 35, 34, 91, 96, 92];
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan PasteGap = TimeSpan.FromMilliseconds(80);

    private readonly Lock _lock = new();
    private readonly InputLine _input = new();
    private int _column; // where the cursor was left
    private bool _isOver;

    public void Show(ChatEvent happened)
    {
        var message = new OnionMessage(happened);
        var time = Dim(message.Time.ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        if (happened.Type != ChatEventType.Said)
        {
            Print($"{time} {Dim(message.ToString())}");
            return;
        }

        var name = Painted(message.Name ?? "", happened.IsOwn ? "1" : $"1;{Colors[(happened.Member ?? 0) % Colors.Length]}");
        // What was said in several lines is shown in several, each of them made safe.
        var lines = (happened.Text ?? "").Split('\n').Select(line => RemoteText.Show(line.TrimEnd('\r'), TextLength)).ToList();
        Print($"{time} {name}: {string.Join(Environment.NewLine + "        ", lines)}");
    }

    /// <summary>Prints a line above the one being typed.</summary>
    public void Print(string line)
    {
        lock (_lock)
        {
            if (!_isOver) Console.Write(Erase() + line + Environment.NewLine);
            Draw();
        }
    }

    /// <summary>Reads what is typed, line by line, until the token says so. A paste of several lines is one text, with its line breaks, if the person wants it.</summary>
    public async Task ReadAsync(Func<string, Task> take, CancellationToken cancellationToken)
    {
        try
        {
            Print(Dim("Type to speak. /name NAME, /who, /quit; Ctrl+C leaves."));
            while (!cancellationToken.IsCancellationRequested)
            {
                if (!Console.KeyAvailable)
                {
                    await Task.Delay(Tick, cancellationToken);
                    continue;
                }

                if (TakeKey(Console.ReadKey(intercept: true)) != InputStep.Entered) continue;
                var text = Finish();
                if (await IsPasteAsync(cancellationToken)) text = await PasteAsync(text, cancellationToken);
                if (text.Length > 0) await take(text);
            }
        }
        finally
        {
            lock (_lock)
            {
                _isOver = true;
                Console.Write(Erase());
            }
        }
    }

    private InputStep TakeKey(ConsoleKeyInfo key)
    {
        lock (_lock)
        {
            var step = _input.Take(key);
            // Of a paste only the end is drawn.
            if (step == InputStep.Changed && !Console.KeyAvailable) Draw();
            return step;
        }
    }

    private string Finish()
    {
        lock (_lock)
        {
            var text = _input.Finish();
            Draw();
            return text;
        }
    }

    // Nobody types on within a few milliseconds of Enter.
    private static async Task<bool> IsPasteAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Tick, cancellationToken);
        return Console.KeyAvailable;
    }

    private async Task<string> PasteAsync(string first, CancellationToken cancellationToken)
    {
        var lines = new List<string> { first };
        do
        {
            while (Console.KeyAvailable)
            {
                if (TakeKey(Console.ReadKey(intercept: true)) == InputStep.Entered) lines.Add(Finish());
            }

            await Task.Delay(PasteGap, cancellationToken);
        }
        while (Console.KeyAvailable);
        if (Finish() is { Length: > 0 } last) lines.Add(last);
        Print($"You pasted {lines.Count} lines. Send them as one message? [y/N]");
        while (!Console.KeyAvailable) await Task.Delay(Tick, cancellationToken);
        if (Console.ReadKey(intercept: true).KeyChar is 'y' or 'Y') return string.Join('\n', lines);
        Print(Dim("Not sent."));
        return "";
    }

    private void Draw()
    {
        if (_isOver) return;
        var erase = Erase();
        var (shown, back) = _input.Window(Math.Max(10, Console.WindowWidth - Prompt.Length - 1));
        Console.Write(erase + Prompt + shown + (back > 0 ? $"\u001b[{back}D" : ""));
        _column = Prompt.Length + TerminalCells.Of(shown) - back;
    }

    // A window that became narrower has broken the line into several.
    private string Erase()
    {
        var above = Console.WindowWidth > 0 ? _column / Console.WindowWidth : 0;
        _column = 0;
        return "\r" + (above > 0 ? $"\u001b[{above}A" : "") + "\u001b[J";
    }

    private string Dim(string text) => Painted(text, "2");

    private string Painted(string text, string style) => hasColors ? $"\u001b[{style}m{text}\u001b[0m" : text;
}

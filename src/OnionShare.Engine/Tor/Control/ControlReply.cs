namespace OnionShare.Engine.Tor.Control;

/// <param name="Code">Its three-digit code.</param>
/// <param name="Text">What follows the code and the separator.</param>
/// <param name="Content">The lines sent after a <c>+</c> line, joined by line feeds and with leading dots undone; else null.</param>
public sealed record ControlLine(int Code, string Text, string? Content = null);

/// <summary>A whole reply, or a whole asynchronous event, of the control port (control-spec 2.3).</summary>
public sealed class ControlReply(IReadOnlyList<ControlLine> lines)
{
    /// <summary>Its lines; at least one.</summary>
    public IReadOnlyList<ControlLine> Lines { get; } = lines;

    /// <summary>The code of the last line.</summary>
    public int Code => Lines[^1].Code;

    /// <summary>Whether the command did what it was asked. 252 is what ONION_CLIENT_AUTH_ADD answers when it helped at once.</summary>
    public bool IsSuccess => Code is 250 or 251 or 252;

    public bool IsEvent => Code / 100 == 6;

    /// <summary>The value of the first line <c>key=value</c>, or null.</summary>
    public string? Value(string key)
    {
        foreach (var line in Lines)
        {
            if (line.Text.Length > key.Length && line.Text[key.Length] == '=' && line.Text.StartsWith(key, StringComparison.Ordinal))
                return line.Content ?? line.Text[(key.Length + 1)..];
        }

        return null;
    }
}

/// <summary>An asynchronous event (control-spec 4.1).</summary>
/// <param name="Type">Such as <c>HS_DESC</c>.</param>
/// <param name="Text">What follows the type on the first line.</param>
public sealed record ControlEvent(string Type, string Text)
{
    /// <summary>Takes the event out of a 650 reply.</summary>
    public static ControlEvent Of(ControlReply reply)
    {
        var text = reply.Lines[0].Text;
        var space = text.IndexOf(' ');
        return space < 0 ? new ControlEvent(text, "") : new ControlEvent(text[..space], text[(space + 1)..]);
    }
}

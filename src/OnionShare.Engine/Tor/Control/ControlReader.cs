using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace OnionShare.Engine.Tor.Control;

/// <summary>
/// Cuts what tor sends into whole replies and whole events (control-spec 2.3), however the bytes arrive. A reply and an event that
/// should ever be interleaved are kept apart.
/// </summary>
internal sealed class ControlReader(PipeReader input)
{
    /// <summary>The longest line that is taken, in bytes.</summary>
    public const int LongestLine = 64 * 1024;

    /// <summary>The longest reply that is taken, in bytes: a circuit-status of thousands of circuits fits.</summary>
    public const int LongestReply = 8 * 1024 * 1024;

    private readonly Part _reply = new();
    private readonly Part _event = new();
    private Part? _content;

    /// <summary>The next reply or event; null at the end of the stream.</summary>
    /// <exception cref="ControlProtocolException">What came is no control protocol, or too long.</exception>
    public async ValueTask<ControlReply?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (await ReadLineAsync(cancellationToken) is not { } line)
                return null;
            if (Take(line) is { } whole)
                return whole;
        }
    }

    private ControlReply? Take(string line)
    {
        if (_content is { } open)
        {
            open.Count(line);
            if (line == ".")
            {
                open.EndContent();
                _content = null;
            }
            else
            {
                open.AddContent(line.StartsWith('.') ? line[1..] : line);
            }

            return null;
        }

        if (line.Length < 4 || !int.TryParse(line.AsSpan(0, 3), System.Globalization.NumberStyles.None, null, out var code)
            || code < 100 || line[3] is not (' ' or '-' or '+'))
        {
            throw new ControlProtocolException("What answers on the control port does not speak tor's control protocol.");
        }

        var part = code / 100 == 6 ? _event : _reply;
        part.Count(line);
        part.Lines.Add(new ControlLine(code, line[4..]));
        if (line[3] == '+')
        {
            part.BeginContent();
            _content = part;
        }

        return line[3] == ' ' ? part.TakeAll() : null;
    }

    private async ValueTask<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Decode(buffer.Slice(0, end));
                input.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }

            if (buffer.Length > LongestLine)
                throw TooLong();
            input.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted || result.IsCanceled)
                return null;
        }
    }

    private static string Decode(in ReadOnlySequence<byte> line)
    {
        if (line.Length > LongestLine)
            throw TooLong();
        var text = Encoding.UTF8.GetString(line);
        return text.EndsWith('\r') ? text[..^1] : text;
    }

    private static ControlProtocolException TooLong() => new("What answers on the control port sends more than a tor would.");

    private sealed class Part
    {
        private readonly List<string> _content = [];
        private long _length;

        public List<ControlLine> Lines { get; private set; } = [];

        public void Count(string line)
        {
            if ((_length += line.Length + 2) > LongestReply)
                throw TooLong();
        }

        public void BeginContent() => _content.Clear();

        public void AddContent(string line) => _content.Add(line);

        public void EndContent() => Lines[^1] = Lines[^1] with { Content = string.Join('\n', _content) };

        public ControlReply TakeAll()
        {
            var reply = new ControlReply(Lines);
            Lines = [];
            _length = 0;
            return reply;
        }
    }
}

/// <param name="Code">Its three-digit code.</param>
/// <param name="Text">What follows the code and the separator.</param>
/// <param name="Content">The lines sent after a <c>+</c> line, joined by line feeds and with leading dots undone; else null.</param>
public sealed record ControlLine(int Code, string Text, string? Content = null);

/// <summary>A whole reply, or a whole asynchronous event, of the control port (control-spec 2.3).</summary>
public sealed class ControlReply(IReadOnlyList<ControlLine> lines)
{
    /// <summary>Its lines; at least one.</summary>
    public IReadOnlyList<ControlLine> Lines { get; } = lines;

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

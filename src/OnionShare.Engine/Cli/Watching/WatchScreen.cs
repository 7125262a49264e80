using System.Text;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>
/// The terminal while somebody watches: another screen (DECSET 1049) without a cursor. Disposing leaves the terminal as it was.
/// </summary>
internal sealed class WatchScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[2J";
    private const string Leave = "\e[?25h\e[?1049l";

    private readonly Encoding _encoding = Console.OutputEncoding;
    private readonly bool _takesCtrlC = Console.TreatControlCAsInput;
    private readonly WatchFrames _frames = new();
    private readonly Stream _terminal;
    private bool _isOver;

    public WatchScreen()
    {
        Console.OutputEncoding = Encoding.UTF8;
        _terminal = Console.OpenStandardOutput();
        // A key like others: the shell behind this must not take it for itself.
        Console.TreatControlCAsInput = true;
        Write(Enter);
    }

    /// <summary>Its size in characters, as it is now.</summary>
    public static (int Width, int Height) Size => (Math.Max(20, Console.WindowWidth), Math.Max(5, Console.WindowHeight));

    /// <summary>Shows a frame: lines from the top (see <see cref="WatchFrames"/>).</summary>
    public void Show(IReadOnlyList<string> lines, (int Width, int Height) size) => Write(_frames.Next(lines, size));

    /// <summary>Draws all of it next time.</summary>
    public void Forget() => _frames.Forget();

    /// <summary>Gives the terminal a text for the clipboard of the computer somebody sits at (OSC 52).</summary>
    public void Copy(string text) => Write($"\e]52;c;{Convert.ToBase64String(Encoding.UTF8.GetBytes(text))}\a");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        Write(Leave);
        Console.TreatControlCAsInput = _takesCtrlC;
        Console.OutputEncoding = _encoding;
        _terminal.Dispose();
    }

    private void Write(string text)
    {
        try
        {
            _terminal.Write(Encoding.UTF8.GetBytes(text));
            _terminal.Flush();
        }
        catch (IOException)
        {
            // The terminal is gone; the signal that says so ends this.
        }
    }
}

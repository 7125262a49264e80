using System.Runtime.InteropServices;
using System.Text;

namespace OnionShare.Engine.Cli.Watching;

/// <summary>
/// The terminal while somebody watches: another screen (DECSET 1049) without a cursor. Disposing leaves the terminal as it was.
/// </summary>
internal sealed partial class WatchScreen : IDisposable
{
    private const int OutputHandle = -11;

    private const string Enter = "\e[?1049h\e[?25l\e[2J";
    private const string Leave = "\e[?25h\e[?1049l";

    private readonly Encoding _encoding = Console.OutputEncoding;
    private readonly bool _takesCtrlC = Console.TreatControlCAsInput;
    private readonly WatchFrames _frames = new();
    private readonly Stream _terminal;
    private readonly uint? _mode;
    private bool _isOver;

    public WatchScreen()
    {
        Console.OutputEncoding = Encoding.UTF8;
        _mode = UnderstandSequences();
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

    public void Dispose()
    {
        if (_isOver) return;
        _isOver = true;
        Write(Leave);
        Console.TreatControlCAsInput = _takesCtrlC;
        if (_mode is { } mode) _ = SetConsoleMode(GetStdHandle(OutputHandle), mode);
        Console.OutputEncoding = _encoding;
        _terminal.Dispose();
    }

    // A console of Windows understands escape sequences when it is told to (Console Virtual Terminal Sequences). The mode as it was; null elsewhere.
    private static uint? UnderstandSequences()
    {
        const uint virtualTerminal = 4;
        if (!OperatingSystem.IsWindows() || !GetConsoleMode(GetStdHandle(OutputHandle), out var mode)) return null;
        _ = SetConsoleMode(GetStdHandle(OutputHandle), mode | virtualTerminal);
        return mode;
    }

    [LibraryImport("kernel32")]
    private static partial nint GetStdHandle(int handle);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool GetConsoleMode(nint console, out uint mode);

    [LibraryImport("kernel32")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool SetConsoleMode(nint console, uint mode);

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

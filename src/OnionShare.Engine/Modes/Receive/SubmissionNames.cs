using System.Text;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Modes.Receive;

/// <summary>The names in one submission: no two alike on any system, for the whole files and for the partial ones.</summary>
internal sealed class SubmissionNames
{
    private const string PartialEnd = ".part";

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    // Where to go on counting, so that a thousand files of one name don't try each number again.
    private readonly Dictionary<string, int> _last = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes the name asked for safe, gives it a number if it is taken, and finds one for the partial file.</summary>
    public (string Final, string Partial) Reserve(string? raw)
    {
        var final = FirstFree(SafeName.Of(raw), "");
        return (final, FirstFree(SafeName.Shortened(final, SafeName.MostBytes - Encoding.UTF8.GetByteCount(PartialEnd) - 8), PartialEnd));
    }

    /// <summary>Makes the name asked for safe, and gives it a number if it is taken.</summary>
    public string ReserveFinal(string? raw) => FirstFree(SafeName.Of(raw), "");

    /// <summary>Another name for a file whose own is taken by something that is not of this submission.</summary>
    public string Next(string final) => FirstFree(final, "");

    /// <summary>Keeps the names of a file that has some already.</summary>
    public void Keep(SubmittedFile file)
    {
        _taken.Add(file.Final);
        _taken.Add(file.Partial);
    }

    private string FirstFree(string name, string end)
    {
        if (_taken.Add(name + end)) return name + end;
        for (var number = _last.GetValueOrDefault(name + end, 1) + 1; ; number++)
        {
            var numbered = SafeName.Numbered(name, number) + end;
            if (!_taken.Add(numbered)) continue;
            _last[name + end] = number;
            return numbered;
        }
    }
}

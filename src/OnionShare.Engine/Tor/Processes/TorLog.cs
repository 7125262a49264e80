using System.Text.RegularExpressions;

namespace OnionShare.Engine.Tor.Processes;

/// <summary>The last lines a tor printed, kept to tell why it failed.</summary>
internal sealed class TorLog(ILogger logger)
{
    private const int Kept = 50;
    private readonly Lock _lock = new();
    private readonly Queue<string> _lines = new(Kept);

    /// <summary>Raised after a line that is a warning was taken.</summary>
    public event Action? Warned;

    public void Add(string line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        var shown = RemoteText.Show(line, 400);
        logger.LogDebug("tor: {Line}", shown);
        lock (_lock)
        {
            if (_lines.Count == Kept)
                _lines.Dequeue();
            _lines.Enqueue(shown);
        }

        if (shown.Contains("[warn]", StringComparison.Ordinal))
            Warned?.Invoke();
    }

    /// <summary>What went wrong, in tor's words: its last warnings and errors without their dates; the last line when there is none; else null.</summary>
    public string? Complaint()
    {
        lock (_lock)
        {
            var complaints = _lines.Where(l => l.Contains("[warn]", StringComparison.Ordinal) || l.Contains("[err]", StringComparison.Ordinal))
                .Select(WithoutDate).Distinct(StringComparer.Ordinal).TakeLast(3).ToArray();
            return complaints.Length > 0 ? string.Join(" ", complaints) : _lines.Select(WithoutDate).LastOrDefault();
        }
    }

    /// <summary>What the pattern finds in the last of the kept lines where it finds something; null when there is none.</summary>
    public Match? Last(Regex pattern) => All(pattern).LastOrDefault();

    /// <summary>What the pattern finds in the kept lines, one of each line at most, in their order.</summary>
    public IReadOnlyList<Match> All(Regex pattern)
    {
        lock (_lock)
            return [.. _lines.Select(line => pattern.Match(line)).Where(match => match.Success)];
    }

    private static string WithoutDate(string line)
    {
        var level = line.IndexOf("] ", StringComparison.Ordinal);
        return level < 0 ? line : line[(level + 2)..];
    }
}

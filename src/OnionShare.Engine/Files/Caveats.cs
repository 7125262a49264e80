namespace OnionShare.Engine.Files;

/// <summary>
/// What the person who shares is to know of what was chosen: sentences, safe to print. A folder of ten thousand broken links is told in a few lines: the
/// first in full, of the others how many there are.
/// </summary>
internal sealed class Caveats
{
    private const int Most = 20;

    private readonly List<string> _first = [];
    private int _more;

    public IReadOnlyList<string> Sentences => _more == 0 ? _first : [.. _first, $"There are {_more} more warnings like these. They are not shown."];

    public void Add(string sentence)
    {
        if (_first.Count < Most) _first.Add(sentence);
        else _more++;
    }
}

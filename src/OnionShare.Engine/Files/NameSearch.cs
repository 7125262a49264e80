namespace OnionShare.Engine.Files;

/// <summary>Words that names are searched for: each must be in the name, whatever the case and the form of Unicode.</summary>
internal readonly struct NameSearch
{
    /// <summary>A listing with no more rows than these is looked over without a search.</summary>
    public const int FewRows = 20;

    private const int MostCharacters = 200;
    private readonly string[] _words;

    public NameSearch(string? text)
    {
        Text = (text ?? "").Trim();
        if (Text.Length > MostCharacters) Text = Text[..MostCharacters];
        _words = [.. ComposedText.Of(Text).Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        if (_words.Length == 0) Text = "";
    }

    public string Text { get; }

    public bool IsEmpty => _words.Length == 0;

    public bool Finds(string name)
    {
        var composed = ComposedText.Of(name);
        return Array.TrueForAll(_words, word => composed.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}

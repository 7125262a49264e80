using OnionShare.Engine.Files.Native;

namespace OnionShare.Engine.Files;

/// <summary>A file or folder that a person chose, as visitors see it.</summary>
/// <param name="Name">Its name, told apart from its neighbours' whatever the case.</param>
/// <param name="RealPath">Where it is, with no link left in the path.</param>
/// <param name="Stat">Its state: a file or a folder.</param>
internal sealed record ChosenPath(string Name, string RealPath, FileStat Stat)
{
    /// <summary>The path as it was chosen; null for a folder between chosen ones.</summary>
    public string? Path { get; init; }

    /// <summary>What of a folder was chosen; null when all that is in it was.</summary>
    public List<ChosenPath>? Parts { get; init; }

    /// <summary>Whether all that is there was chosen: a file, or a folder as a whole.</summary>
    public bool IsWhole => Parts is null;

    /// <summary>It and all chosen parts of it that are whole: what visitors may reach.</summary>
    public IEnumerable<ChosenPath> Whole() => Parts is null ? [this] : Parts.SelectMany(static part => part.Whole());

    /// <summary>The part of that name; null for none.</summary>
    public ChosenPath? Part(string name) => Parts?.Find(part => string.Equals(part.Name, name, StringComparison.Ordinal));
}

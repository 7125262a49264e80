namespace OnionShare.Cmdlets.Engine;

internal static class NamePattern
{
    /// <summary>Whether a name is meant by what was typed: it may itself hold [ or *, and then stands for itself, too.</summary>
    public static bool Fits(string name, string typed) =>
        string.Equals(name, typed, StringComparison.OrdinalIgnoreCase)
        || WildcardPattern.Get(typed, WildcardOptions.IgnoreCase).IsMatch(name);

    /// <summary>What names mean, each thing once. A name without wildcards that finds nothing is told of.</summary>
    public static IReadOnlyList<T> Choose<T>(IEnumerable<string> names, Func<string, IReadOnlyCollection<T>> find, Action<string> missing)
    {
        var chosen = new List<T>();
        foreach (var name in names)
        {
            var found = find(name);
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name)) missing(name);
            chosen.AddRange(found.Where(one => !chosen.Contains(one)));
        }

        return chosen;
    }
}

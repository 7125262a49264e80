namespace OnionShare.Contracts;

public enum ServiceMode
{
    Share,
    Receive,
    Website,
    Chat,
}

public static class ServiceModeNames
{
    /// <summary>The first name of a mode's own, such as <c>share-1</c>, that is not taken.</summary>
    public static string FirstFreeName(this ServiceMode mode, Predicate<string> isTaken)
    {
        var word = mode.ToString().ToLowerInvariant();
        return Enumerable.Range(1, int.MaxValue).Select(number => $"{word}-{number}").First(name => !isTaken(name));
    }
}

namespace OnionShare.Contracts;

public enum ServiceMode
{
    /// <summary>Offers files for download.</summary>
    Share,

    /// <summary>Takes files and messages in.</summary>
    Receive,

    /// <summary>Serves static files as a website.</summary>
    Website,

    /// <summary>Runs a chat room.</summary>
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

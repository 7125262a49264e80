using System.Security.Cryptography;

namespace OnionShare.Engine.Passwords;

/// <summary>
/// Draws passwords and names that can be read out and typed: plain English words from a list of our own, <c>words.txt</c>. No word of the list
/// begins with another, and none becomes another by one mistyped letter.
/// </summary>
public static class PasswordGenerator
{
    /// <summary>Words in the list: 11 bits each.</summary>
    public const int ListLength = 2048;

    /// <summary>Words in a password: 33 bits, to be guessed over a gate that counts and delays.</summary>
    public const int WordsInPassword = 3;

    /// <summary>Words in a password that may be guessed without an end: 55 bits.</summary>
    public const int WordsWithoutLimit = 5;

    private static readonly string[] List = Load();

    public static IReadOnlyList<string> Words => List;

    /// <summary>A password such as <c>lantern-orchid-walnut</c>, each word drawn evenly from the system's secure random numbers.</summary>
    /// <param name="guessLimit">Different wrong passwords that end the service; 0 for none, then it has more words.</param>
    public static string Password(int guessLimit) => Draw(guessLimit > 0 ? WordsInPassword : WordsWithoutLimit);

    /// <summary>Two words such as <c>amber-river</c>: a name for a service, a room or a member. No secret.</summary>
    public static string TwoWords() => Draw(2);

    private static string Draw(int count) =>
        string.Join('-', Enumerable.Range(0, count).Select(_ => List[RandomNumberGenerator.GetInt32(List.Length)]));

    private static string[] Load()
    {
        var type = typeof(PasswordGenerator);
        using var file = type.Assembly.GetManifestResourceStream(type, "words.txt")!;
        using var reader = new StreamReader(file);
        var words = reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length == ListLength ? words : throw new InvalidDataException($"words.txt has {words.Length} words instead of {ListLength}.");
    }
}

using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Cmdlets.Scheduling;

/// <summary>
/// Names for units, labels and files. A plain name stays what it is; any other becomes its plain characters and a hash, so that no name,
/// whatever it holds, is more than a name, and names that differ only in case are one.
/// </summary>
internal static class TaskFileName
{
    private const int Longest = 40;
    private const int HashBytes = 5;

    /// <summary>Lower-case letters, digits and single dashes, beginning with a letter or digit.</summary>
    public static string Of(string name)
    {
        var lower = name.ToLowerInvariant();
        if (lower.Length <= Longest && lower.Length > 0 && char.IsAsciiLetterOrDigit(lower[0]) && lower.All(c => IsPlain(c) || c == '-')) return lower;
        var hash = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToUpperInvariant())), 0, HashBytes).ToLowerInvariant();
        var plain = string.Join('-', new string([.. lower.Select(c => IsPlain(c) ? c : '-')]).Split('-', StringSplitOptions.RemoveEmptyEntries));
        // The underscore is in no plain name, so a hashed one can't be taken for it.
        if (plain.Length == 0) plain = "task";
        return $"{(plain.Length > Longest ? plain[..Longest] : plain)}_{hash}";
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c);
}

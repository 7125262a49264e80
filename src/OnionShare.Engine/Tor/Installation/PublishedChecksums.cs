using System.Security.Cryptography;
using System.Text;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>The checksums the Tor Project publishes with each release: lines of 64 hexadecimal digits, two spaces, and a file's name.</summary>
internal static class PublishedChecksums
{
    /// <summary>What the file is called, in the release's folder; its detached signature has <c>.asc</c> appended.</summary>
    public const string FileName = "sha256sums-signed-build.txt";

    private const int Digits = 64;

    /// <summary>The SHA-256 of a file, by its exact name.</summary>
    /// <exception cref="ProblemException">It is not named, or named twice with two checksums.</exception>
    public static string Find(ReadOnlySpan<byte> checksums, string file, Uri address)
    {
        string? found = null;
        foreach (var line in Encoding.UTF8.GetString(checksums).Split('\n'))
        {
            // The second character in between is a star for files read as binary (sha256sum(1)).
            var text = line.TrimEnd('\r');
            if (text.Length <= Digits + 2 || text[Digits] != ' ' || text[Digits + 1] is not (' ' or '*') || text[(Digits + 2)..] != file)
                continue;
            var digits = text[..Digits].ToUpperInvariant();
            if (!digits.All(char.IsAsciiHexDigitUpper) || (found is not null && found != digits))
                throw InstallProblem.Refused($"The checksums at {address} say two things of {file}, or none that can be understood.", address.AbsoluteUri);
            found = digits;
        }

        return found ?? throw InstallProblem.Refused($"The checksums at {address} do not name {file}.", address.AbsoluteUri);
    }

    /// <summary>The SHA-256 of a file on the disk, in hexadecimal digits.</summary>
    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: true);
        return Convert.ToHexString(await SHA256.HashDataAsync(file, cancellationToken));
    }

    /// <summary>Refuses what is not what was published.</summary>
    public static void Compare(string published, string actual, Uri address)
    {
        if (!string.Equals(published, actual, StringComparison.OrdinalIgnoreCase))
        {
            throw InstallProblem.Refused(
                $"The archive from {address} is not the one that was published: its SHA-256 is {actual.ToLowerInvariant()}, not {published.ToLowerInvariant()}.",
                address.AbsoluteUri);
        }
    }
}

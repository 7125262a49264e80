using System.Text;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace OnionShare.Engine.Modes.Receive.Encryption;

/// <summary>
/// A file of OpenPGP public keys (RFC 4880), as <c>gpg --export</c> writes it, armored or not. Every key in it must be one that can be encrypted to:
/// none is left out in silence.
/// </summary>
internal static class KeyFile
{
    private const int Most = 4 << 20;
    private const string Advice = "Export the public key anew (gpg --armor --export NAME > key.asc), and name that file.";
    private static readonly string Begin = "-----BEGIN PGP ";

    /// <summary>Reads who is to be encrypted to.</summary>
    /// <exception cref="ProblemException">The file, or a key in it, can't be used; says which and why.</exception>
    public static IReadOnlyList<Recipient> Read(string path, DateTimeOffset now)
    {
        var bytes = Bytes(path);
        var recipients = new List<Recipient>();
        try
        {
            foreach (var block in Blocks(bytes))
            {
                var objects = new PgpObjectFactory(PgpUtilities.GetDecoderStream(new MemoryStream(block, writable: false)));
                while (objects.NextPgpObject() is { } found)
                {
                    if (found is PgpSecretKeyRing or PgpSecretKey) throw Secret(path);
                    if (found is not PgpPublicKeyRing ring) throw Refuse(path, "holds something that is no public key", Advice);
                    recipients.Add(Recipient.Of(ring, now));
                }
            }
        }
        catch (UnusableKeyException unusable)
        {
            throw Refuse(path, $"holds a key that can't be encrypted to: {unusable.Message}", unusable.Advice);
        }
        catch (Exception damaged) when (damaged is not ProblemException)
        {
            // The library throws what it comes across, whatever is in the file.
            throw Refuse(path, "holds no OpenPGP public key that can be read", Advice, damaged);
        }

        return recipients.Count > 0 ? recipients : throw Refuse(path, "holds no OpenPGP public key", Advice);
    }

    private static byte[] Bytes(string path)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > Most }) throw Refuse(path, "is too large for keys", Advice);
            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (StorageException.Is(failure))
        {
            throw new ProblemException(
                ProblemCodes.InvalidRequest, $"The key file '{RemoteText.Show(path)}' can't be read: {RemoteText.Show(failure.Message).TrimEnd('.')}.",
                "Name a file with an OpenPGP public key that you may read.", path, cause: failure);
        }
    }

    // Several armored keys one behind the other are several blocks; the library would read the first.
    private static IEnumerable<byte[]> Blocks(byte[] bytes)
    {
        var text = Encoding.Latin1.GetString(bytes);
        var starts = new List<int>();
        for (var at = text.IndexOf(Begin, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Begin, at + Begin.Length, StringComparison.Ordinal)) starts.Add(at);
        if (starts.Count == 0 || bytes[0] >= 0x80) return [bytes];
        return starts.Select((start, i) => bytes[start..(i + 1 < starts.Count ? starts[i + 1] : bytes.Length)]);
    }

    private static ProblemException Secret(string path) => Refuse(
        path, "holds a secret key, which must not lie on a computer that receives",
        "Name a file with the public key alone (gpg --armor --export NAME > key.asc), and keep the secret one elsewhere.");

    private static ProblemException Refuse(string path, string why, string advice, Exception? cause = null) =>
        new(ProblemCodes.InvalidRequest, $"The key file '{RemoteText.Show(path)}' {why}.", advice, path, cause: cause);
}

/// <summary>A key can't be encrypted to; the message says which and why.</summary>
internal sealed class UnusableKeyException(string why, string advice) : Exception(why)
{
    public string Advice { get; } = advice;
}

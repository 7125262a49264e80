using System.Globalization;
using OnionShare.Engine.Services;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Security;

namespace OnionShare.Engine.Modes.Receive.Encryption;

/// <summary>All those who can read what a service receives.</summary>
internal sealed class Recipients
{
    private readonly IReadOnlyList<Recipient> _all;
    private readonly TimeProvider _time;
    private int _told;

    private Recipients(IReadOnlyList<Recipient> all, TimeProvider time) => (_all, _time) = (all, time);

    /// <summary>The fingerprints of their keys.</summary>
    public IReadOnlyList<string> Fingerprints => [.. _all.Select(recipient => recipient.Fingerprint)];

    /// <summary>What the operator is told at the start.</summary>
    public IEnumerable<string> Words => _all.Select(recipient =>
        $"What comes in is encrypted to {RemoteText.Show(recipient.UserId, 200)}, fingerprint {Spaced(recipient.Fingerprint)}. Compare it: nobody else can read it, nor can you without that secret key."
        + (recipient.Expires is { } end ? string.Create(CultureInfo.InvariantCulture, $" The key expires on {end:yyyy-MM-dd}; nothing is taken from then on.") : ""));

    /// <summary>Reads the keys; null when nothing is to be encrypted.</summary>
    /// <exception cref="ProblemException">One can't be used, so nothing may be received.</exception>
    public static Recipients? Read(ReceiveRequest request, TimeProvider time)
    {
        if (request.EncryptTo is not { } files) return null;
        RequestCheck.CheckHistory(request);
        var all = files.SelectMany(file => KeyFile.Read(file, time.GetUtcNow())).DistinctBy(recipient => recipient.Fingerprint).ToArray();
        if (request.EncryptToKeys is { } known) Compare(known, all);
        return all.Length > 0
            ? new Recipients(all, time)
            : throw new ProblemException(ProblemCodes.InvalidRequest, "What comes in is to be encrypted, but to no key.", "Name a file with a public key, or leave out -EncryptTo.");
    }

    /// <summary>Whether a key has expired since the start: nothing is taken any more, since what can't be encrypted to all is not taken for fewer.</summary>
    public bool HasExpired => Expired is not null;

    private Recipient? Expired => _all.FirstOrDefault(recipient => recipient.Expires <= _time.GetUtcNow().UtcDateTime);

    /// <summary>Tells the owner, once, that a key has expired.</summary>
    public void TellExpiry(Action<string> tellOwner)
    {
        if (Expired is not { } gone || Interlocked.Exchange(ref _told, 1) == 1) return;
        tellOwner(
            $"The key of {RemoteText.Show(gone.UserId, 200)}, fingerprint {Spaced(gone.Fingerprint)}, has expired: nothing is taken from now on. "
            + "Have it prolonged and exported anew, and start the service again.");
    }

    /// <exception cref="UploadRefusedException">A key has expired since the start.</exception>
    public Seal Begin(string name)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        if (HasExpired) throw UploadRefusedException.NoKey();
        var encryption = new PgpEncryptedDataGenerator(SymmetricKeyAlgorithmTag.Aes256, withIntegrityPacket: true, new SecureRandom());
        foreach (var recipient in _all) encryption.AddMethod(recipient.Key);
        return new Seal(encryption, name, now);
    }

    private static void Compare(IReadOnlyList<string> known, IReadOnlyList<Recipient> all)
    {
        var other = all.FirstOrDefault(recipient => !known.Contains(recipient.Fingerprint, StringComparer.OrdinalIgnoreCase));
        var gone = known.FirstOrDefault(fingerprint => !all.Any(recipient => recipient.Fingerprint.Equals(fingerprint, StringComparison.OrdinalIgnoreCase)));
        if (other is null && gone is null) return;
        throw new ProblemException(
            ProblemCodes.InvalidRequest,
            other is null
                ? $"The key files don't hold the key {RemoteText.Show(gone, 100)} any more, to which this service encrypts."
                : $"The key files hold the key {other.Fingerprint} {RemoteText.Show(other.UserId, 200)}, to which this service did not encrypt before.",
            "Somebody may have put it there. Put the old key file back; or, if the new keys are right, name their files: Restore-OnionService NAME -EncryptTo FILE.");
    }

    private static string Spaced(string fingerprint) => string.Join(' ', fingerprint.Chunk(4).Select(four => new string(four)));
}

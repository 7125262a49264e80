using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace OnionShare.Engine.Modes.Receive.Encryption;

/// <summary>Whom something is encrypted to: an OpenPGP key that may be used for that now.</summary>
/// <param name="Key">The key, or subkey, that encrypts.</param>
/// <param name="Fingerprint">The fingerprint of the primary key, in hexadecimal digits.</param>
/// <param name="UserId">Its first user id; not checked by anybody but who made the key.</param>
/// <param name="Expires">From when on it may not be used; null for never.</param>
internal sealed record Recipient(PgpPublicKey Key, string Fingerprint, string UserId, DateTime? Expires)
{
    private const int LeastRsaBits = 2048;
    private const int Encrypts = PgpKeyFlags.CanEncryptCommunications | PgpKeyFlags.CanEncryptStorage;

    /// <summary>The newest key of a ring that encrypts: what its owner has signed, is not revoked, and has not expired (RFC 4880 §5.2.3, §12.1).</summary>
    /// <exception cref="UnusableKeyException">There is none.</exception>
    public static Recipient Of(PgpPublicKeyRing ring, DateTimeOffset now)
    {
        var primary = ring.GetPublicKey();
        var fingerprint = Convert.ToHexString(primary.GetFingerprint());
        var userId = primary.GetUserIds().FirstOrDefault() ?? "(no user id)";
        var name = $"{fingerprint} {RemoteText.Show(userId, 200)}";
        if (primary.HasRevocation()) throw new UnusableKeyException($"{name} is revoked", "Ask its owner for a new key.");
        var own = OwnSignature(primary) ?? throw new UnusableKeyException($"{name} is not signed by itself", "Ask its owner for the key again.");
        var end = End(primary, own);
        if (end <= now.UtcDateTime) throw Expired(name, end.Value);

        var isRevoked = false;
        DateTime? expired = null;
        var best = default((PgpPublicKey Key, DateTime? End)?);
        foreach (var key in ring.GetPublicKeys().OrderBy(key => key.CreationTime))
        {
            var signature = key.IsMasterKey ? own : Binding(primary, key);
            if (signature is null || !MayEncrypt(key, signature)) continue;
            if (key.HasRevocation())
            {
                isRevoked = true;
                continue;
            }

            var keyEnd = End(key, signature);
            if (keyEnd <= now.UtcDateTime) expired = keyEnd;
            else best = (key, new[] { keyEnd, end }.Min());
        }

        if (best is { } found) return new Recipient(found.Key, fingerprint, userId, found.End);
        if (expired is { } when) throw Expired(name, when);
        if (isRevoked) throw new UnusableKeyException($"what encrypts of {name} is revoked", "Ask its owner for a new key.");
        throw new UnusableKeyException($"{name} can only sign", "Ask its owner for a key that encrypts (gpg --quick-add-key FINGERPRINT cv25519 encr).");
    }

    private static UnusableKeyException Expired(string name, DateTime when) =>
        new($"{name} expired on {when:yyyy-MM-dd}", "Ask its owner to prolong it (gpg --quick-set-expire FINGERPRINT 2y, the same with '*' for its subkeys), and export it anew.");

    private static PgpSignature? OwnSignature(PgpPublicKey primary)
    {
        var signatures = primary.GetUserIds().SelectMany(id => primary.GetSignaturesForId(id)
            .Where(signature => signature.IsCertification() && signature.KeyId == primary.KeyId && IsValid(signature, primary, () => signature.VerifyCertification(id, primary))));
        var direct = primary.GetSignaturesOfType(PgpSignature.DirectKey)
            .Where(signature => signature.KeyId == primary.KeyId && IsValid(signature, primary, () => signature.VerifyCertification(primary)));
        return signatures.Concat(direct).MaxBy(signature => signature.CreationTime);
    }

    private static PgpSignature? Binding(PgpPublicKey primary, PgpPublicKey key) => key.GetSignaturesOfType(PgpSignature.SubkeyBinding)
        .Where(signature => signature.KeyId == primary.KeyId && IsValid(signature, primary, () => signature.VerifyCertification(primary, key)))
        .MaxBy(signature => signature.CreationTime);

    private static bool IsValid(PgpSignature signature, PgpPublicKey primary, Func<bool> verify)
    {
        try
        {
            signature.InitVerify(primary);
            return verify();
        }
        catch (Exception e) when (e is PgpException or ArgumentException or InvalidOperationException or IOException)
        {
            return false; // of a kind that nobody here can check: as if it were not there
        }
    }

    private static bool MayEncrypt(PgpPublicKey key, PgpSignature signature)
    {
        if (!key.IsEncryptionKey) return false;
        if (key.Algorithm is PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaEncrypt && key.BitStrength < LeastRsaBits) return false;
        var flags = signature.GetHashedSubPackets()?.GetKeyFlags() ?? 0;
        return flags == 0 ? !key.IsMasterKey : (flags & Encrypts) != 0;
    }

    private static DateTime? End(PgpPublicKey key, PgpSignature signature) =>
        signature.GetHashedSubPackets()?.GetKeyExpirationTime() is > 0 and var seconds ? key.CreationTime.AddSeconds(seconds) : null;
}

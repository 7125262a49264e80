using OnionShare.Contracts;
using OnionShare.Engine.Tor.Installation;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>Signatures and keys of every kind, looked at by gpg, by gpgv, and by both as it is done where both are there.</summary>
public sealed class OpenPgpCheckTests : IDisposable
{
    private static readonly Uri SignedAt = new("https://site.example/sums"), SignatureAt = new("https://site.example/sums.asc"), KeyAt = new("https://keys.example/hu/key");

    private readonly DirectoryInfo _scratch = Directory.CreateTempSubdirectory("onionshare-pgp-");
    private readonly byte[] _signed = StandIn.Checksums(("a", [1]), ("b", [2]));

    public static TheoryData<bool, bool> Programs => new() { { true, true }, { true, false }, { false, true } };

    public void Dispose() => _scratch.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_signature_of_the_known_key_is_good_and_leaves_nothing(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();

        await CheckAsync(gpg, gpgv, key.Sign(_signed), key.Public, key.Fingerprint);
        await CheckAsync(gpg, gpgv, key.Sign(_signed), key.Armored(), key.Fingerprint.ToLowerInvariant());

        Assert.Empty(_scratch.EnumerateFileSystemInfos());
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_signature_of_something_else_is_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();

        await RefusedAsync(gpg, gpgv, key.Sign([.. _signed, 10]), key.Public, key.Fingerprint, "it is the signature of something else");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_foreign_signature_and_a_foreign_key_are_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();
        using var foreign = GpgKey.Create();

        await RefusedAsync(gpg, gpgv, foreign.Sign(_signed), key.Public, key.Fingerprint, "it was made with another key");
        await RefusedAsync(gpg, gpgv, foreign.Sign(_signed), foreign.Public, key.Fingerprint, foreign.Fingerprint);

        // Both keys in one file: the right one is there, and did not sign.
        await RefusedAsync(gpg, gpgv, foreign.Sign(_signed), [.. key.Public, .. foreign.Public], key.Fingerprint, $"it was made with another key, {foreign.Fingerprint}");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task The_end_of_a_fingerprint_is_not_enough(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();

        // As if the known key had the same id as this one, short or long.
        foreach (var digits in new[] { 8, 16, 39 })
        {
            var known = new string('0', 40 - digits) + key.Fingerprint[^digits..];
            if (known != key.Fingerprint)
                await RefusedAsync(gpg, gpgv, key.Sign(_signed), key.Public, known, key.Fingerprint);
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_foreign_subkey_hung_onto_the_known_key_is_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();
        using var foreign = GpgKey.Create();

        // Without a signature of the primary key (binding signature) it is not the known key's; that of its real subkey does not fit it.
        var (known, packets) = (Packets(key.Public), Packets(foreign.Public));
        var subkey = packets.Single(packet => TagOf(packet) == 14);
        byte[] hung = [.. key.Public, .. subkey, .. known[^1]];

        await RefusedAsync(gpg, gpgv, foreign.Sign(_signed), hung, key.Fingerprint, "it was made with another key");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_signed_message_in_place_of_a_detached_signature_is_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();

        await RefusedAsync(gpg, gpgv, key.Message("some letter"u8.ToArray()), key.Public, key.Fingerprint, "no signature that is understood");
        await RefusedAsync(gpg, gpgv, key.Message(_signed), key.Public, key.Fingerprint, "no signature that is understood");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_key_that_has_expired_is_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create(past: true);

        await RefusedAsync(gpg, gpgv, key.Sign(_signed, past: true), key.Public, key.Fingerprint, "expired");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task A_key_that_was_revoked_is_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();
        var signature = key.Sign(_signed);
        key.Revoke();

        await RefusedAsync(gpg, gpgv, signature, key.Public, key.Fingerprint, "revoked");
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task What_is_no_signature_or_no_key_is_refused(bool gpg, bool gpgv)
    {
        using var key = GpgKey.Create();

        await RefusedAsync(gpg, gpgv, "<html>"u8.ToArray(), key.Public, key.Fingerprint, "no signature that is understood");
        await RefusedAsync(gpg, gpgv, [], key.Public, key.Fingerprint, "no signature that is understood");
        await RefusedAsync(gpg, gpgv, key.Sign(_signed), "<html>"u8.ToArray(), key.Fingerprint, gpg ? "is no OpenPGP key" : "it was made with another key");
    }

    [Fact]
    public async Task A_program_that_does_not_run_is_named_and_leaves_nothing()
    {
        var missing = Path.Combine(_scratch.FullName, "no-gpgv");

        var failed = await Assert.ThrowsAsync<ProblemException>(() => new OpenPgpCheck(new OpenPgpPrograms(null, missing), _scratch.FullName)
            .VerifyAsync((_signed, SignedAt), ([1], SignatureAt), ([2], KeyAt), "00", Cancel));

        Assert.Equal(ProblemCodes.InstallFailed, failed.Problem.Code);
        Assert.Contains(missing, failed.Problem.Detail, StringComparison.Ordinal);
        Assert.Empty(_scratch.EnumerateFileSystemInfos());
    }

    [Theory]
    [InlineData("GOODSIG 1 x|VALIDSIG F 2025 1 0 4 0 22 8 00 K", null)]
    [InlineData("NEWSIG|ERRSIG 1 22 8 00 1 9 A|NO_PUBKEY 1|NEWSIG|GOODSIG 1 x|VALIDSIG F 2025 1 0 4 0 22 8 00 k", null)]
    [InlineData("GOODSIG 1 x|VALIDSIG F 2025 1 0 4 0 22 8 1F K", "no signature")]
    [InlineData("GOODSIG 1 x|VALIDSIG K 2025 1 0 4 0 22 8 00 A", "another key, A")]
    [InlineData("VALIDSIG F 2025 1 0 4 0 22 8 00 K", "no signature")]
    [InlineData("GOODSIG 1 x|VALIDSIG F 2025 1 0 4 0 22 8 00 A|REVKEYSIG 2 x|VALIDSIG F 2025 1 0 4 0 22 8 00 K", "revoked")]
    [InlineData("EXPSIG 1 x|VALIDSIG F 2025 1 0 4 0 22 8 00 K", "expired")]
    [InlineData("BADSIG 1 x|GOODSIG 1 x|VALIDSIG F 2025 1 0 4 0 22 8 00 K", "something else")]
    [InlineData("", "no signature")]
    public void The_status_lines_count_together(string lines, string? fault)
    {
        var found = OpenPgpStatus.Fault(string.Concat(lines.Split('|').Select(line => $"[GNUPG:] {line}\r\n")), "K");

        if (fault is null)
            Assert.Null(found);
        else
            Assert.Contains(fault, found, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_only_looks_like_a_status_line_does_not_count() =>
        Assert.NotNull(OpenPgpStatus.Fault("x [GNUPG:] GOODSIG 1 x\n GOODSIG 1\nVALIDSIG F 2025 1 0 4 0 22 8 00 K\n", "K"));

    private async Task CheckAsync(bool gpg, bool gpgv, byte[] signature, byte[] key, string fingerprint)
    {
        var found = InstallRequires.Gpg();
        var programs = new OpenPgpPrograms(gpg ? found.Gpg : null, gpgv ? found.Gpgv : null);
        await new OpenPgpCheck(programs, _scratch.FullName).VerifyAsync((_signed, SignedAt), (signature, SignatureAt), (key, KeyAt), fingerprint, Cancel);
    }

    private async Task RefusedAsync(bool gpg, bool gpgv, byte[] signature, byte[] key, string fingerprint, string why)
    {
        var refused = await Assert.ThrowsAsync<ProblemException>(() => CheckAsync(gpg, gpgv, signature, key, fingerprint));
        Assert.Equal(ProblemCodes.InstallRefused, refused.Problem.Code);
        Assert.Contains(why, refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Empty(_scratch.EnumerateFileSystemInfos());
    }

    private static int TagOf(byte[] packet) => (packet[0] & 0x40) == 0 ? (packet[0] >> 2) & 15 : packet[0] & 63;

    // Old format (RFC 9580, 4.2.2), which gpg writes for keys: a length of one or two bytes.
    private static List<byte[]> Packets(byte[] key)
    {
        var packets = new List<byte[]>();
        for (var at = 0; at < key.Length;)
        {
            Assert.Equal(0x80, key[at] & 0xC0);
            var end = at + ((key[at] & 3) == 0 ? 2 + key[at + 1] : 3 + (key[at + 1] << 8 | key[at + 2]));
            packets.Add(key[at..end]);
            at = end;
        }

        return packets;
    }
}

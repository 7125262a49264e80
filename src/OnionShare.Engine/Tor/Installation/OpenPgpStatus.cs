namespace OnionShare.Engine.Tor.Installation;

/// <summary>What gpg and gpgv say of a signature on their status channel (GnuPG's doc/DETAILS).</summary>
internal static class OpenPgpStatus
{
    private const string Prefix = "[GNUPG:] ";

    /// <summary>Whether one of the signatures is good, detached, and made with the key of that primary fingerprint or a subkey of it.</summary>
    /// <param name="status">The lines.</param>
    /// <param name="primary">The fingerprint, 40 hexadecimal digits or more.</param>
    /// <returns>Null when it is; else why not, for a person.</returns>
    public static string? Fault(string status, string primary)
    {
        string? fault = null;
        var good = false;
        foreach (var line in status.Split('\n').Where(line => line.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var words = line[Prefix.Length..].TrimEnd('\r').Split(' ');
            switch (words[0])
            {
                case "NEWSIG":
                    good = false;
                    break;

                // Said in place of each other: of a key that has expired or was revoked there is no GOODSIG, though there is a VALIDSIG.
                case "GOODSIG":
                    good = true;
                    break;
                case "BADSIG":
                    return "it is the signature of something else";
                case "EXPSIG":
                    (good, fault) = (false, "it has expired");
                    break;
                case "EXPKEYSIG":
                    (good, fault) = (false, "it was made with a key that has expired");
                    break;
                case "REVKEYSIG":
                    (good, fault) = (false, "it was made with a key that was revoked");
                    break;
                case "NO_PUBKEY" or "ERRSIG" when words.Length > 1:
                    fault ??= $"it was made with another key, {words[1]}";
                    break;

                // VALIDSIG fingerprint date timestamp expires version reserved algorithm hash class primary; class 00 and 01 are of a document.
                case "VALIDSIG" when good && words.Length > 10 && words[9] is "00" or "01":
                    if (string.Equals(words[10], primary, StringComparison.OrdinalIgnoreCase))
                        return null;
                    fault = $"it was made with another key, {words[10]}";
                    break;
            }
        }

        return fault ?? "it is no signature that is understood";
    }

    /// <summary>The primary fingerprints in what <c>gpg --show-keys --with-colons</c> prints.</summary>
    public static IReadOnlyList<string> Primaries(string colons)
    {
        var found = new List<string>();
        var isPrimary = false;
        foreach (var fields in colons.Split('\n').Select(line => line.TrimEnd('\r').Split(':')))
        {
            if (fields[0] is "pub" or "sub")
                isPrimary = fields[0] == "pub";
            else if (fields[0] == "fpr" && isPrimary && fields.Length > 9)
                found.Add(fields[9]);
        }

        return found;
    }
}

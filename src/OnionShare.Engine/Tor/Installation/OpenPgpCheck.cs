using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>Checks a detached OpenPGP signature with gpg or gpgv. They see no key ring but the key that is handed in, and no settings of the user's.</summary>
/// <param name="programs">The programs.</param>
/// <param name="folder">A folder only this user can enter, for the files they read; what is put there is removed again.</param>
internal sealed class OpenPgpCheck(OpenPgpPrograms programs, string folder)
{
    private const string Header = "-----BEGIN PGP PUBLIC KEY BLOCK-----", Footer = "-----END PGP PUBLIC KEY BLOCK-----";

    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(30);

    /// <summary>Checks that a key is the one with the known fingerprint, and that it signed.</summary>
    /// <param name="signed">The bytes that were signed, and where they are from.</param>
    /// <param name="signature">The signature, and where it is from.</param>
    /// <param name="key">The key, and where it is from.</param>
    /// <param name="fingerprint">The primary fingerprint the key must have.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InstallRefused"/>; or <see cref="ProblemCodes.InstallFailed"/>: the program can't be run.</exception>
    public async Task VerifyAsync(
        (byte[] Bytes, Uri Address) signed, (byte[] Bytes, Uri Address) signature, (byte[] Bytes, Uri Address) key, string fingerprint,
        CancellationToken cancellationToken)
    {
        var home = Path.Combine(folder, "gnupg");
        PrivateFolder.Ensure(home);
        try
        {
            string Put(string name, byte[] bytes)
            {
                var path = Path.Combine(home, name);
                File.WriteAllBytes(path, bytes);
                return path;
            }

            var keyFile = Put("key", Bytes(key.Bytes));
            var (signedFile, signatureFile) = (Put("signed", signed.Bytes), Put("signature", signature.Bytes));
            if (programs.Gpg is { } gpg)
                await CheckKeyAsync(gpg, home, keyFile, key.Address, fingerprint, cancellationToken);

            // gpgv is made for this. gpg does it as well: told that it is to trust the keys in the file, and to look for no others.
            var (program, arguments) = programs.Gpgv is { } gpgv
                ? (gpgv, (string[])["--homedir", home, "--status-fd", "1", "--keyring", keyFile, signatureFile, signedFile])
                : (programs.Gpg!, [
                    .. Plain(home), "--no-default-keyring", "--keyring", keyFile, "--trust-model", "always", "--no-auto-key-retrieve",
                    "--status-fd", "1", "--verify", signatureFile, signedFile,
                ]);
            var status = await RunAsync(program, arguments, home, cancellationToken);
            if (OpenPgpStatus.Fault(status, fingerprint) is { } fault)
            {
                throw InstallProblem.Refused(
                    $"The signature at {signature.Address} is not the Tor Project's: {RemoteText.Show(fault)}.", signature.Address.AbsoluteUri);
            }
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static async Task CheckKeyAsync(
        string gpg, string home, string keyFile, Uri address, string fingerprint, CancellationToken cancellationToken)
    {
        var primaries = OpenPgpStatus.Primaries(await RunAsync(gpg, [.. Plain(home), "--with-colons", "--show-keys", keyFile], home, cancellationToken));
        if (!primaries.Contains(fingerprint, StringComparer.OrdinalIgnoreCase))
        {
            throw InstallProblem.Refused(
                primaries.Count == 0
                    ? $"What is at {address} is no OpenPGP key."
                    : $"The key at {address} is not the Tor Browser Developers': its fingerprint is {primaries[0]}, not {fingerprint}.",
                address.AbsoluteUri);
        }
    }

    private static string[] Plain(string home) =>
        ["--homedir", home, "--no-options", "--batch", "--no-tty", "--no-autostart", "--no-auto-check-trustdb", "--quiet"];

    // Only what it prints on its standard output counts: the status lines are as their manual says, the exit code depends on things beside the point.
    private static async Task<string> RunAsync(string program, string[] arguments, string home, CancellationToken cancellationToken)
    {
        var start = RunProgram.Start(program, arguments);
        start.WorkingDirectory = home;
        start.Environment["GNUPGHOME"] = home;
        start.Environment["LC_ALL"] = "C";
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunLimit);
        try
        {
            return (await Process.Start(start)!.ToEndAsync("", limit.Token)).Output;
        }
        catch (Win32Exception e)
        {
            throw Unusable(e.Message, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unusable("it did not end", e);
        }

        ProblemException Unusable(string why, Exception cause) => InstallProblem.Failed(
            $"{program}, which is to check the Tor Project's signature, can't be run: {why}.", program, "Repair it. " + InstallProblem.ByHand, cause);
    }

    // The bytes of a key that may be text (RFC 9580, 6.2), of which gpgv takes only the bytes; what is not text, or not understood, is given back as it is.
    private static byte[] Bytes(byte[] key)
    {
        var lines = Encoding.Latin1.GetString(key).Split('\n').Select(line => line.TrimEnd('\r', ' ', '\t')).ToList();
        var (start, end) = (lines.IndexOf(Header), lines.IndexOf(Footer));
        if (start < 0 || end < start)
            return key;

        // Headers end with an empty line; the checksum at the end, when there is one, begins with an equals sign. The signatures in a key vouch for it.
        var empty = lines.IndexOf("", start, end - start);
        var text = string.Concat(lines[((empty < 0 ? start : empty) + 1)..end].Where(line => !line.StartsWith('=')));
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : key;
    }
}

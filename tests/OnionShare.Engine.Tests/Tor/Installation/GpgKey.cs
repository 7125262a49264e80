using System.Diagnostics;
using OnionShare.Engine.Tor.Installation;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>A throw-away OpenPGP key pair, in a key ring of its own. Disposal ends the agent that gpg started for it.</summary>
internal sealed class GpgKey : IDisposable
{
    // gpg's agent listens in there, and the path of a unix socket is short: not below the test's own folder.
    private readonly string _home = Directory.CreateTempSubdirectory("gpg").FullName;
    private readonly string _gpg;

    private GpgKey(string gpg) => _gpg = gpg;

    /// <summary>Its primary fingerprint.</summary>
    public string Fingerprint { get; private set; } = "";

    /// <summary>The public key.</summary>
    public byte[] Public { get; private set; } = [];

    /// <summary>Makes one: a primary key that only certifies, and a subkey that signs, as the Tor Browser Developers' is.</summary>
    /// <param name="past">Made years ago, for a year.</param>
    public static GpgKey Create(bool past = false)
    {
        var key = new GpgKey(InstallRequires.Gpg().Gpg!);
        try
        {
            key.Run([.. Then(past, "20200101"), "--passphrase", "", "--quick-gen-key", "Throw Away <throw@away.example>", "ed25519", "cert", past ? "1y" : "never"]);
            key.Fingerprint = OpenPgpStatus.Primaries(key.Run("--list-keys", "--with-colons"))[0];
            key.Run([.. Then(past, "20200102"), "--passphrase", "", "--quick-add-key", key.Fingerprint, "ed25519", "sign", past ? "1y" : "never"]);
            key.Public = key.Export();
            return key;
        }
        catch
        {
            key.Dispose();
            throw;
        }
    }

    /// <summary>A detached signature of these bytes.</summary>
    public byte[] Sign(byte[] bytes, bool past = false) => Make(bytes, [.. Then(past), "--armor", "--detach-sign"]);

    /// <summary>A signed message of these bytes: not detached.</summary>
    public byte[] Message(byte[] bytes) => Make(bytes, "--armor", "--sign");

    /// <summary>Revokes it; <see cref="Public"/> says so from now on.</summary>
    public void Revoke()
    {
        var file = Directory.EnumerateFiles(Path.Combine(_home, "openpgp-revocs.d")).Single();

        // A colon keeps people from importing it by mistake.
        File.WriteAllText(file, File.ReadAllText(file).Replace(":-----BEGIN", "-----BEGIN", StringComparison.Ordinal));
        Run("--import", file);
        Public = Export();
    }

    /// <summary>The public key as text.</summary>
    public byte[] Armored() => File.ReadAllBytes(Out("--armor", "--export", Fingerprint));

    public void Dispose()
    {
        using (var ending = Process.Start(new ProcessStartInfo("gpgconf", ["--homedir", _home, "--kill", "all"]) { RedirectStandardError = true })!)
            ending.WaitForExit();
        Directory.Delete(_home, recursive: true);
    }

    // gpg's clock starts there with each run: a key that took a second to be made would be of the future for the next run of that time.
    private static string[] Then(bool past, string day = "20200201") => past ? ["--faked-system-time", day + "T000000"] : [];

    private byte[] Export() => File.ReadAllBytes(Out("--export", Fingerprint));

    private byte[] Make(byte[] bytes, params string[] arguments)
    {
        var file = Path.Combine(_home, Path.GetRandomFileName());
        File.WriteAllBytes(file, bytes);
        return File.ReadAllBytes(Out([.. arguments, file]));
    }

    private string Out(params string[] arguments)
    {
        var file = Path.Combine(_home, Path.GetRandomFileName());
        Run(["--output", file, .. arguments]);
        return file;
    }

    private string Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(_gpg, ["--homedir", _home, "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"gpg {string.Join(' ', arguments)}: {errors.Result}");
    }
}

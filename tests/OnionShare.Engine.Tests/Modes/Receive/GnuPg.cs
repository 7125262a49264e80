using System.Diagnostics;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>GnuPG with a key ring of its own, in a folder with a short name: its agent listens on a socket in it.</summary>
internal sealed class GnuPg : IAsyncDisposable
{
    private readonly string _program = Requires.Gpg();
    private readonly string _home = Directory.CreateTempSubdirectory("gpg").FullName;

    public GnuPg()
    {
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public string At(string name) => Path.Combine(_home, name);

    /// <summary>Makes a key, and a file with its public half.</summary>
    public async Task<string> KeyAsync(string name, string algorithm, string usage = "default", string expire = "never", bool armor = true)
    {
        await RunAsync("--quick-generate-key", $"{name} <{name}@example.org>", algorithm, usage, expire);
        return await ExportAsync(name, armor);
    }

    /// <summary>A key that signs, and a subkey that encrypts.</summary>
    public async Task<string> KeyWithSubkeyAsync(string name, string subkeyExpires = "never")
    {
        await RunAsync("--quick-generate-key", $"{name} <{name}@example.org>", "ed25519", "cert", "never");
        await RunAsync("--quick-add-key", await FingerprintAsync(name), "cv25519", "encr", subkeyExpires);
        return await ExportAsync(name, armor: true);
    }

    public async Task<string> ExportAsync(string name, bool armor = true)
    {
        var file = At($"{name}-{Guid.NewGuid():N}.asc");
        await RunAsync([.. armor ? ["--armor"] : Array.Empty<string>(), "--output", file, "--export", name]);
        return file;
    }

    public async Task<string> FingerprintAsync(string name) =>
        (await RunAsync("--with-colons", "--fingerprint", name)).Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];

    /// <summary>Decrypts as a person would who wants the name back, too.</summary>
    public async Task<(string Name, byte[] Content)> DecryptAsync(string file)
    {
        var folder = Directory.CreateDirectory(At(Guid.NewGuid().ToString("N"))).FullName;
        await RunInAsync(folder, "--use-embedded-filename", "--decrypt", file);
        var plain = Assert.Single(Directory.GetFiles(folder));
        return (Path.GetFileName(plain), await File.ReadAllBytesAsync(plain, Cancel));
    }

    public Task<string> RunAsync(params string[] arguments) => RunInAsync(_home, arguments);

    public async ValueTask DisposeAsync()
    {
        var end = new ProcessStartInfo(Path.Combine(Path.GetDirectoryName(_program)!, "gpgconf"), ["--homedir", _home, "--kill", "all"]);
        using (var process = Process.Start(end)!) await process.WaitForExitAsync(CancellationToken.None);
        Directory.Delete(_home, recursive: true);
    }

    private async Task<string> RunInAsync(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(_program, ["--homedir", _home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", "", "--trust-model", "always", .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancel);
        var errors = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel).WaitAsync(Until.Limit, Cancel);
        Assert.True(process.ExitCode == 0, $"gpg {string.Join(' ', arguments)}: {errors}");
        return await output;
    }
}

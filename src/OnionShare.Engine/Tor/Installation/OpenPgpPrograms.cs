using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>The programs that can check an OpenPGP signature.</summary>
/// <param name="Gpg">GnuPG; null when it is not there.</param>
/// <param name="Gpgv">GnuPG's checker of signatures, which needs no key ring of its own; null when it is not there.</param>
internal sealed record OpenPgpPrograms(string? Gpg, string? Gpgv)
{
    public bool AreMissing => Gpg is null && Gpgv is null;

    /// <summary>Those of this machine: on PATH, or where their installers put them.</summary>
    public static OpenPgpPrograms OfThisMachine()
    {
        var path = Environment.GetEnvironmentVariable("PATH");
        return new OpenPgpPrograms(Find("gpg"), Find("gpgv"));

        string? Find(string name)
        {
            var file = OperatingSystem.IsWindows() ? name + ".exe" : name;

            // What comes with Git for Windows takes no Windows paths.
            return TorPlaces.OnPath(path, file).Where(found => !OperatingSystem.IsWindows() || !found.Contains(@"\usr\bin\", StringComparison.OrdinalIgnoreCase))
                .Concat(Folders().Select(folder => Path.Combine(folder, file)))
                .FirstOrDefault(File.Exists);
        }
    }

    private static IEnumerable<string> Folders()
    {
        if (OperatingSystem.IsWindows())
        {
            foreach (var parent in new[] { Environment.SpecialFolder.ProgramFiles, Environment.SpecialFolder.ProgramFilesX86 })
            {
                var folder = Environment.GetFolderPath(parent);
                if (folder.Length > 0)
                    yield return Path.Combine(folder, "GnuPG", "bin");
            }
        }
        else if (OperatingSystem.IsMacOS())
        {
            foreach (var folder in new[] { "/opt/homebrew/bin", "/usr/local/bin", "/usr/local/MacGPG2/bin", "/opt/local/bin" })
                yield return folder;
        }
        else
        {
            yield return "/usr/bin";
            yield return "/usr/local/bin";
        }
    }
}

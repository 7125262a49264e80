using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>
/// Finds the newest tor in the listings of a site laid out as https://dist.torproject.org/torbrowser/ is: a folder for each version, whose files are named
/// <c>tor-expert-bundle-SYSTEM-PROCESSOR-VERSION.tar.gz</c>. For builds without TorSharp.
/// </summary>
internal sealed partial class SiteFetcher : ITorFetcher
{
    // A version that is just being uploaded, or is for other systems only, has none for this computer.
    private const int MostVersions = 10;

    public async Task<TorArchive> FindAsync(HttpClient site, CancellationToken cancellationToken)
    {
        var versions = Links(await site.GetStringAsync("", cancellationToken))
            .Where(link => link.EndsWith('/'))
            .Select(link => (Link: link, Version: Version.TryParse(link.TrimEnd('/'), out var version) ? version : null))
            .Where(found => found.Version is not null).OrderByDescending(found => found.Version);
        foreach (var (link, version) in versions.Take(MostVersions))
        {
            var folder = new Uri(site.BaseAddress!, link);
            var name = $"tor-expert-bundle-{Platform()}-{version}.tar.gz";
            // Wherever the link leads: the installer refuses one to another site, and says so.
            var address = Links(await site.GetStringAsync(folder, cancellationToken))
                .Select(file => WebAddress.TryRead(folder, file, out var whole) ? whole : null).FirstOrDefault(file => file?.Segments[^1] == name);
            if (address is not null) return new TorArchive(version!, address, name);
        }

        throw InstallProblem.Failed(
            $"At {site.BaseAddress} there is no tor for this computer.", site.BaseAddress!.AbsoluteUri,
            "Give the address of the folder with a folder for each version, as https://dist.torproject.org/torbrowser/ is. " + InstallProblem.ByHand);
    }

    public async Task FetchAsync(TorArchive archive, HttpClient site, string folder, CancellationToken cancellationToken)
    {
        using var answer = await site.GetAsync(archive.Address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var file = new FileStream(Path.Combine(folder, archive.FileName), FileMode.CreateNew);
        await answer.Content.CopyToAsync(file, cancellationToken);
    }

    // Windows on ARM runs the programs of x64.
    private static string Platform()
    {
        var system = OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "macos" : "linux";
        return system + '-' + RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.Arm64 when system != "windows" => "aarch64",
            Architecture.X86 => "i686",
            Architecture.X64 or Architecture.Arm64 => "x86_64",
            var other => other.ToString().ToLowerInvariant(),
        };
    }

    private static IEnumerable<string> Links(string page) => Link().Matches(page).Select(match => match.Groups[1].Value);

    [GeneratedRegex("""href\s*=\s*["']([^"']+)["']""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Link();
}

using System.Text.RegularExpressions;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>The plainest fetcher of all, so that everything around it is tested where TorSharp is not.</summary>
internal sealed partial class PlainFetcher : ITorFetcher
{
    public async Task<TorArchive> FindAsync(HttpClient site, CancellationToken cancellationToken)
    {
        var newest = Links(await site.GetStringAsync("", cancellationToken))
            .Select(link => (Link: link, Version: Version.TryParse(link.TrimEnd('/'), out var version) ? version : null))
            .Where(found => found.Version is not null).MaxBy(found => found.Version);
        var folder = new Uri(site.BaseAddress!, newest.Link);
        var name = Links(await site.GetStringAsync(folder, cancellationToken)).Single(link => link.EndsWith($"-{newest.Version}.tar.gz", StringComparison.Ordinal));
        return new TorArchive(newest.Version!, new Uri(folder, name), $"tor-plain-{newest.Version}.tar.gz");
    }

    public async Task FetchAsync(TorArchive archive, HttpClient site, string folder, CancellationToken cancellationToken)
    {
        using var answer = await site.GetAsync(archive.Address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        answer.EnsureSuccessStatusCode();
        await using var file = File.Create(Path.Combine(folder, archive.FileName));
        await answer.Content.CopyToAsync(file, cancellationToken);
    }

    private static IEnumerable<string> Links(string page) => Link().Matches(page).Select(match => match.Groups[1].Value);

    [GeneratedRegex("<a href=\"([^\"]+)\">")]
    private static partial Regex Link();
}

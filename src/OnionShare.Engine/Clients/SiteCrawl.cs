using System.Text;
using OnionShare.Engine.Clients.Fetching;

namespace OnionShare.Engine.Clients;

/// <summary>Finds the files of a website that does not list them for programs: follows its links from folder to folder, on its own host and below the first page.</summary>
internal sealed class SiteCrawl(Circuit circuit, Uri root)
{
    private const int MostPages = 2_000;
    private const int MostFiles = 100_000;
    private const int LargestPage = 4 << 20;

    private readonly Dictionary<string, FetchSource> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly Queue<string> _folders = new();
    private string _base = "/";

    /// <summary>Whether there was more than is followed.</summary>
    public bool IsCut { get; private set; }

    /// <summary>All that the pages lead to.</summary>
    /// <param name="path">Where to begin.</param>
    /// <param name="page">The page that is there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IReadOnlyList<FetchSource>> RunAsync(string path, string page, CancellationToken cancellationToken)
    {
        _base = path[..(path.LastIndexOf('/') + 1)];
        _seen.Add(path);
        Take(path, page);
        while (_folders.TryDequeue(out var folder))
        {
            if (_seen.Count > MostPages)
            {
                IsCut = true;
                break;
            }

            using var response = await circuit.SendAsync(HttpMethod.Get, folder, null, cancellationToken);
            if (!response.IsSuccessStatusCode) continue;
            // OnionShare names the file it sends, and a listing has no name.
            var isPage = response.Content.Headers is { ContentType.MediaType: "text/html", ContentDisposition: null };
            if (isPage) Take(folder.EndsWith('/') ? folder : folder + "/", Encoding.UTF8.GetString(await Body.ReadAsync(response, LargestPage, cancellationToken)));
            else if (!folder.EndsWith('/')) Add(folder);
        }

        return [.. _files.Values];
    }

    private void Take(string from, string page)
    {
        foreach (var link in PageLinks.Of(page))
        {
            if (!WebAddress.TryRead(new Uri(root, from), link, out var to) || to.Scheme != root.Scheme || to.Host != root.Host || to.Port != root.Port) continue;
            var path = to.AbsolutePath;
            if (!path.StartsWith(_base, StringComparison.Ordinal) || path.Length <= _base.Length || path.Split('/').Length > EntryPath.Deepest) continue;
            // OnionShare 2.6 links to its folders without a slash; what has no extension is looked at.
            if (path.EndsWith('/') || !path[(path.LastIndexOf('/') + 1)..].Contains('.'))
            {
                if (_seen.Add(path)) _folders.Enqueue(path);
            }
            else
            {
                Add(path);
            }
        }
    }

    private void Add(string path)
    {
        if (_files.Count >= MostFiles) IsCut = true;
        else _files.TryAdd(path, new FetchSource { Url = path, Name = Uri.UnescapeDataString(path[_base.Length..]) });
    }
}

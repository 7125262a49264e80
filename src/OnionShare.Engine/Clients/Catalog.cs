using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Clients;

/// <summary>What a service offers or takes, as it tells it itself (<see cref="ServiceIndex"/>) or as its pages look.</summary>
internal sealed class Catalog
{
    private const int LargestIndex = 64 << 20;
    private const int LargestPage = 4 << 20;
    private const int MostFiles = 1_000_000;

    /// <summary>How long a service may take to tell all of it.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public required RemoteKind Kind { get; init; }

    /// <summary>What it tells of itself; null for one that is not of this program's.</summary>
    public ServiceIndex? Index { get; init; }

    public FetchSource? Whole { get; init; }

    public IReadOnlyList<FetchSource> Files { get; init; } = [];

    /// <summary>Of a receive service that is not of this program's: whether its form takes files and messages.</summary>
    public (bool Files, bool Text) Form { get; init; }

    /// <summary>Whether there is more than is listed.</summary>
    public bool IsCut { get; init; }

    /// <summary>Asks the service; tries again for a while when the connection breaks.</summary>
    /// <param name="visit">The service.</param>
    /// <param name="time">The clock.</param>
    /// <param name="patience">How long it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException">It can't be reached, does not let anybody in, or is something else.</exception>
    public static async Task<Catalog> ReadAsync(Visit visit, TimeProvider time, TimeSpan patience, CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(patience);
            try
            {
                return await visit.OverCircuitAsync(circuit => ReadAsync(visit, circuit, limit.Token));
            }
            catch (Exception broken) when (Visit.IsLost(broken) || (broken is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                if (visit.WantsKey) throw ClientProblems.Key(visit.HasKey);
                // A local service that is not there will not come; one behind tor may take a while to be found.
                if (visit.Address.IsLocal || time.GetElapsedTime(since) > patience)
                {
                    var why = visit.Trouble ?? (broken is OperationCanceledException ? "the service does not answer" : broken.Message);
                    throw ClientProblems.Unreachable(time.GetElapsedTime(since), why, isKept: false);
                }

                await Task.Delay(TimeSpan.FromSeconds(Math.Min(8, 1 << attempt)), cancellationToken);
            }
        }
    }

    public RemoteListing ToListing() => new()
    {
        Kind = Kind,
        IsOurs = Index is not null,
        Title = Index?.Title,
        Name = Whole?.Name,
        Length = Whole?.Length,
        Sha256 = Whole?.Sha256 is { } hash ? Convert.ToHexStringLower(hash) : null,
        IsCut = IsCut,
        TakesFiles = Index?.Inbox?.Files ?? Form.Files,
        TakesText = Index?.Inbox?.Text ?? Form.Text,
        MaxFileSize = Index?.Inbox?.MaxFileSize,
        MaxSubmissionSize = Index?.Inbox?.MaxSubmissionSize,
        Files = Files.Count == 0 && Whole is not null && Index is null
            ? [new RemoteFile { Path = Whole.Name, Length = Whole.Length, Sha256 = Whole.Sha256 is { } own ? Convert.ToHexStringLower(own) : null, IsSingle = true }]
            : [.. Files.Select(file => new RemoteFile
            {
                Path = file.Name,
                Length = file.Length,
                Modified = Modified(file.Name),
                Sha256 = file.Sha256 is { } known ? Convert.ToHexStringLower(known) : null,
                IsSingle = file.Url.Length > 0,
            })],
    };

    private static async Task<Catalog> ReadAsync(Visit visit, Circuit circuit, CancellationToken cancellationToken)
    {
        using (var response = await circuit.SendAsync(HttpMethod.Get, ServiceIndex.Route, null, cancellationToken))
        {
            if ((int)response.StatusCode is 500 or 502 or 503 or 504) throw ClientProblems.Refused((int)response.StatusCode);
            if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType == "application/json"
                && Parse(await Body.ReadAsync(response, LargestIndex, cancellationToken)) is { } index)
            {
                return Of(index, visit.Address.Path);
            }
        }

        return await LookAsync(visit, circuit, cancellationToken);
    }

    private static ServiceIndex? Parse(byte[] json)
    {
        try
        {
            var index = JsonSerializer.Deserialize(json, IndexJson.Default.ServiceIndex);
            // Some other program's file of that name.
            if (index is null or { Schema: 0 } || index.Files?.Contains(null!) == true) return null;
            if (index.Schema > ServiceIndex.CurrentSchema)
                throw ClientProblems.NotUnderstood("The service is of a newer version than this one.");
            if (index.Files?.Count > MostFiles) throw ClientProblems.Unsafe($"The service names {index.Files.Count:N0} files.");
            return index;
        }
        catch (Exception broken) when (broken is JsonException or NotSupportedException or InvalidOperationException)
        {
            return null;
        }
    }

    private static Catalog Of(ServiceIndex index, string path)
    {
        if (index.Mode is "receive" or "chat") return new Catalog { Kind = index.Mode == "chat" ? RemoteKind.Chat : RemoteKind.Receive, Index = index };
        if (index.Files?.Any(file => file.Length < 0 || file.Path.Length == 0 || file.Offset < 0 || file.Offset > long.MaxValue - file.Length) == true || index.Download?.Length < 0)
            throw ClientProblems.NotUnderstood("The service names files that can't be.");
        var download = index.Download;
        var whole = download is null ? null : new FetchSource
        {
            Url = Local(download.Url),
            Name = download.Name,
            Length = download.Length,
            ETag = download.ETag,
            HasRanges = download is { Length: > 0, ETag: not null },
            IsParallel = true,
            Sha256 = Hash(download.Sha256),
            Receipt = download.Receipt is null ? null : Local(download.Receipt),
            IsArchive = download.Type == "application/zip",
        };
        var below = path is "/" or "/download" ? null : path;
        var files = (index.Files ?? [])
            .Where(file => below is null || file.Url == below || (below.EndsWith('/') && file.Url?.StartsWith(below, StringComparison.Ordinal) == true))
            .Select(file => Of(file, whole)).ToList();
        if (below is not null && files.Count == 0) throw ClientProblems.NotFound($"file at {below}");
        return new Catalog
        {
            Kind = index.Mode == "share" ? RemoteKind.Share : RemoteKind.Website,
            Index = index,
            Whole = below is null ? whole : null,
            Files = files,
            IsCut = index.IsCut,
        };
    }

    private static FetchSource Of(IndexedFile file, FetchSource? whole) => new()
    {
        // Without an address of its own its bytes are read out of the whole; and where that can't be, it has none.
        Url = file.Url is not null ? Local(file.Url) : file.Offset is not null && whole is { HasRanges: true } ? whole.Url : "",
        Offset = file.Url is null ? file.Offset ?? 0 : 0,
        ETag = file.Url is null ? whole?.ETag : null,
        Name = file.Path,
        Length = file.Length,
        HasRanges = file.Length > 0,
        IsParallel = true,
        Sha256 = Hash(file.Sha256),
    };

    /// <summary>A URL that the service names, as a path on its own host.</summary>
    private static string Local(string url) => url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal)
        ? url : throw ClientProblems.Unsafe("The service names an address that is not its own.");

    private static byte[]? Hash(string? hex) =>
        hex is null ? null : hex.Length == 64 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : throw ClientProblems.NotUnderstood("The service names a hash that is none.");

    private DateTimeOffset? Modified(string path) => (_modified ??= (Index?.Files ?? []).DistinctBy(file => file.Path).ToDictionary(file => file.Path, file => file.Modified)).GetValueOrDefault(path);

    private Dictionary<string, DateTimeOffset?>? _modified;

    // OnionShare's own, from 2.2 on: what it is shows in its page.
    private static async Task<Catalog> LookAsync(Visit visit, Circuit circuit, CancellationToken cancellationToken)
    {
        var path = visit.Address.Path;
        using var response = await circuit.SendAsync(HttpMethod.Get, path, null, cancellationToken);
        if ((int)response.StatusCode == 404) throw ClientProblems.NotFound($"page at {path}");
        if (!response.IsSuccessStatusCode) throw ClientProblems.Refused((int)response.StatusCode);
        if (response.Content.Headers.ContentType?.MediaType != "text/html" || response.Content.Headers.ContentDisposition?.DispositionType == "attachment")
            return new Catalog { Kind = RemoteKind.Website, Files = [Described(path, response, NameOf(response) ?? Uri.UnescapeDataString(path[(path.LastIndexOf('/') + 1)..]))] };

        var page = Encoding.UTF8.GetString(await Body.ReadAsync(response, LargestPage, cancellationToken));
        var links = PageLinks.Of(page).ToList();
        if (links.Any(link => link.TrimStart('.').TrimStart('/') == "download")) return await ShareAsync(circuit, page, cancellationToken);
        if (page.Contains("name=\"file[]\"", StringComparison.Ordinal) || page.Contains("action=\"/upload\"", StringComparison.Ordinal))
            return new Catalog { Kind = RemoteKind.Receive, Form = (page.Contains("file[]", StringComparison.Ordinal), page.Contains("name=\"text\"", StringComparison.Ordinal)) };
        if (page.Contains("socket.io", StringComparison.Ordinal)) return new Catalog { Kind = RemoteKind.Chat };
        var crawl = new SiteCrawl(circuit, visit.Address.Root);
        var files = await crawl.RunAsync(path, page, cancellationToken);
        return new Catalog { Kind = RemoteKind.Website, Files = files, IsCut = crawl.IsCut };
    }

    private static async Task<Catalog> ShareAsync(Circuit circuit, string page, CancellationToken cancellationToken)
    {
        using var head = await circuit.SendAsync(HttpMethod.Head, "/download", null, cancellationToken);
        var name = (head.IsSuccessStatusCode ? NameOf(head) : null) ?? "onionshare.zip";
        var whole = Described("/download", head, name) with { IsArchive = name.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) && page.Contains("compressed", StringComparison.OrdinalIgnoreCase) };
        return new Catalog { Kind = RemoteKind.Share, Whole = whole };
    }

    private static FetchSource Described(string url, HttpResponseMessage response, string name)
    {
        var isKnown = response.IsSuccessStatusCode;
        var length = isKnown ? response.Content.Headers.ContentLength : null;
        var tag = isKnown ? response.Headers.ETag?.ToString() : null;
        return new FetchSource
        {
            Url = url,
            Name = name,
            Length = length,
            ETag = tag,
            LastModified = response.Content.Headers.LastModified?.ToString("r"),
            HasRanges = length > 0 && isKnown && response.Headers.AcceptRanges.Contains("bytes") && (tag is not null || response.Content.Headers.LastModified is not null),
            // Its entity tags are made of the hash of the content.
            Sha256 = ReprDigest.Read(response.Headers.TryGetValues(ReprDigest.Header, out var digests) ? digests.ToArray() : null)
                ?? (tag?.Trim('"') is { Length: 71 } text && text.StartsWith("sha256:", StringComparison.Ordinal) && text[7..].All(char.IsAsciiHexDigit) ? Convert.FromHexString(text[7..]) : null),
        };
    }

    private static string? NameOf(HttpResponseMessage response)
    {
        ContentDispositionHeaderValue? disposition = response.Content.Headers.ContentDisposition;
        var name = disposition?.FileNameStar ?? disposition?.FileName?.Trim('"');
        return string.IsNullOrWhiteSpace(name) ? null : name;
    }
}

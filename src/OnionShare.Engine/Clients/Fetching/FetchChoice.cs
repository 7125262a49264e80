using System.IO.Enumeration;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>What of a service's files a request is for.</summary>
internal static class FetchChoice
{
    public static bool IsWanted(FetchRequest request, string path)
    {
        if (request.Files.Count == 0 && request.Include.Count == 0) return true;
        if (request.Files.Contains(path, StringComparer.Ordinal)) return true;
        var name = path[(path.LastIndexOf('/') + 1)..];
        return request.Include.Any(pattern => FileSystemName.MatchesSimpleExpression(pattern, name) || FileSystemName.MatchesSimpleExpression(pattern.Replace('\\', '/'), path));
    }

    /// <exception cref="ProblemException">There are none.</exception>
    public static IReadOnlyList<FetchSource> Of(Catalog catalog, FetchRequest request)
    {
        if (catalog.Kind is RemoteKind.Receive or RemoteKind.Chat)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.RemoteRefused,
                catalog.Kind == RemoteKind.Chat ? "The service is a chat room: there is nothing to fetch." : "The service only receives files.",
                catalog.Kind == RemoteKind.Chat ? "Enter it with Enter-OnionChat." : "Send something with Send-OnionFile."));
        }

        var isAll = request.Files.Count == 0 && request.Include.Count == 0;
        if (catalog.Whole is { } whole && (isAll || (catalog.Files.Count <= 1 && IsWanted(request, whole.Name)))) return [whole];
        if (catalog.Whole is { IsArchive: true } archive && request.Expand) return [archive]; // what is not wanted is left out while it is unpacked
        var wanted = catalog.Files.Where(file => IsWanted(request, file.Name)).ToList();
        if (wanted.Count == 0) throw ClientProblems.NotFound(isAll ? "files" : $"file {string.Join(", ", request.Files.Concat(request.Include))}");
        if (wanted.Any(file => file.Url.Length == 0))
        {
            throw new ProblemException(new Problem(
                ProblemCodes.RemoteRefused, "The share can only be fetched as a whole.", "Use -Expand with -Include: all of it is fetched, and only those files are kept."));
        }

        return wanted;
    }
}

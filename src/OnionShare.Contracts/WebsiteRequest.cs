using System.Text.Json.Serialization;

namespace OnionShare.Contracts;

public sealed record WebsiteRequest : ServiceRequest
{
    [JsonIgnore]
    public override ServiceMode Mode => ServiceMode.Website;

    /// <summary>Absolute paths: one folder is the site's root; several files and folders are its top level.</summary>
    public required IReadOnlyList<string> Paths { get; init; }

    /// <summary>
    /// Those of <see cref="Paths"/> that came from a listing (a wildcard, a pipeline) and were not named one by one. They are treated as what lies in a
    /// shared folder: a link among them that leads out of what is shared, and what can't be read, is left out with a warning. Null for none.
    /// </summary>
    public IReadOnlyList<string>? Listed { get; init; }

    /// <summary>The Content-Security-Policy of the site's pages; null for the strict default.</summary>
    public string? ContentSecurityPolicy { get; init; }
    public bool NoContentSecurityPolicy { get; init; }

    /// <summary>
    /// Be a backend of this Onionbalance front address (<c>56 characters.onion</c>): visitors of the front reach this site, too. Needs a tor the engine
    /// runs, and the password that all its backends have, or none (<see cref="ServiceRequest.Public"/>). Not with client keys.
    /// </summary>
    public string? OnionBalance { get; init; }

    /// <summary>Tell of each page and file that is read as a transfer, however small it is.</summary>
    public bool IncludeVisits { get; init; }

    /// <summary>Serve files whose names start with a dot, too.</summary>
    public bool IncludeHidden { get; init; }
}

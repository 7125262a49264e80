namespace OnionShare.Contracts;

public abstract record RemoteRequest
{
    /// <summary>Its address: <c>http://56 characters.onion</c>, with a user part or not, and with the path of one file or folder or not.</summary>
    public required string Url { get; init; }

    /// <summary>Its password; null for none, or for the one in <see cref="Url"/>. Secret.</summary>
    public string? Password { get; init; }

    /// <summary>The client key it asks for: 52 characters of base32. Secret.</summary>
    public string? ClientKey { get; init; }

    /// <summary>It is on this computer, at a loopback address, and is visited without tor.</summary>
    public bool LocalOnly { get; init; }

    /// <summary>Nothing: a record's own text would show the secrets.</summary>
    protected virtual bool PrintMembers(System.Text.StringBuilder text) => false;
}

public sealed record RemoteListRequest : RemoteRequest;

public enum ExistingFile
{
    /// <summary>Nothing is fetched; it is an error.</summary>
    Refuse,

    Overwrite,

    /// <summary>The new file gets a number: <c>report (2).pdf</c>.</summary>
    KeepBoth,

    /// <summary>It stays, and the new one is not fetched.</summary>
    Skip,
}

public sealed record FetchRequest : RemoteRequest
{
    /// <summary>How long nothing may arrive before it is given up, when nothing else is said.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(10);

    /// <summary>The folder to save to, an absolute path; made if it is not there.</summary>
    public required string Path { get; init; }

    /// <summary>Only files of such names, or such paths below the root: <c>*</c> and <c>?</c> stand for characters. Empty: all.</summary>
    public IReadOnlyList<string> Include { get; set; } = []; // set, here and below: as ServiceRequest.GuessLimit

    /// <summary>Only the files of these very paths, as a listing has them. Empty: all.</summary>
    public IReadOnlyList<string> Files { get; set; } = [];

    /// <summary>Unpack what comes as a zip.</summary>
    public bool Expand { get; init; }

    /// <summary>How many circuits to use, 1 to 16, where the service can be read in ranges.</summary>
    public int Connections { get; set; } = 4;
    public ExistingFile Existing { get; init; }

    /// <summary>The most to take, in bytes, unpacked; null for what the disk has room for.</summary>
    public long? MaxSize { get; init; }

    /// <summary>How long nothing may arrive before it is given up; what has arrived stays, to go on from.</summary>
    public TimeSpan Patience { get; set; } = DefaultPatience;
}

public sealed record SendRequest : RemoteRequest
{
    /// <summary>Files and folders, absolute paths; a folder goes as a zip of it.</summary>
    public IReadOnlyList<string> Paths { get; set; } = []; // set, here and below: as ServiceRequest.GuessLimit

    /// <summary>Those of <see cref="Paths"/> that came from a listing (<see cref="PathsRequest.Listed"/>).</summary>
    public IReadOnlyList<string>? Listed { get; init; }
    public string? Message { get; init; }

    /// <summary>The name the one file is sent under; null for its own.</summary>
    public string? Name { get; init; }

    /// <summary>How many files go at once, each over a circuit of its own, 1 to 16.</summary>
    public int Connections { get; set; } = 4;

    /// <summary>How long nothing may be taken before it is given up.</summary>
    public TimeSpan Patience { get; set; } = FetchRequest.DefaultPatience;
}

public sealed record ChatVisitRequest : RemoteRequest
{
    /// <summary>The name to take; null for one the room draws.</summary>
    public string? Name { get; init; }
}

public sealed record SayRequest(string Text);

public sealed record RenameRequest(string Name);

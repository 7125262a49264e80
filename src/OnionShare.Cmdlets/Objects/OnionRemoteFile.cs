using System.Security;

namespace OnionShare;

/// <summary>A file that somebody else's service offers. Receive-OnionFile takes it from the pipeline.</summary>
public sealed class OnionRemoteFile
{
    private readonly RemoteFile _file;

    internal OnionRemoteFile(RemoteFile file, RemoteAccess access) => (_file, Access) = (file, access);

    /// <summary>Its name, fit to be shown anywhere.</summary>
    public string Name => RemoteText.Show(_file.Path[(_file.Path.LastIndexOf('/') + 1)..]);

    /// <summary>Its path below the root of what is offered, fit to be shown anywhere.</summary>
    public string Path => RemoteText.Show(_file.Path, 1000);

    /// <summary>Its length in bytes; null when the service does not tell.</summary>
    public long? Length => _file.Length;

    /// <summary>When it last changed, in local time; null when the service does not tell.</summary>
    public DateTime? LastWriteTime => _file.Modified?.LocalDateTime;

    /// <summary>Its SHA-256; null while the service does not know it.</summary>
    public string? Sha256 => _file.Sha256 is { Length: 64 } hash && hash.All(char.IsAsciiHexDigit) ? hash : null;

    /// <summary>Whether it can be fetched without the rest.</summary>
    public bool IsSingle => _file.IsSingle;

    /// <summary>The service's address, without the password.</summary>
    public string Service => Access.Shown;

    /// <summary>Its path as the service has it.</summary>
    internal string RawPath => _file.Path;
    internal RemoteAccess Access { get; }

    public override string ToString() => Path;
}

/// <summary>How to get at somebody else's service. Its text holds no secret.</summary>
/// <param name="Url">The address as it was given.</param>
/// <param name="Password">The password; null for none, or for the one in the address.</param>
/// <param name="ClientKey">The client key; null for none.</param>
/// <param name="LocalOnly">Whether it is on this computer.</param>
internal sealed record RemoteAccess(string Url, SecureString? Password, SecureString? ClientKey, bool LocalOnly)
{
    /// <summary>The address without a user part.</summary>
    public string Shown
    {
        get
        {
            var at = Url.LastIndexOf('@');
            var start = Url.IndexOf("://", StringComparison.Ordinal);
            return RemoteText.Show(at < 0 ? Url : (start < 0 ? "http://" : Url[..(start + 3)]) + Url[(at + 1)..]);
        }
    }

    public override string ToString() => Shown;
}

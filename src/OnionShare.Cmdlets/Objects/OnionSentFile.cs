namespace OnionShare;

/// <summary>A file or a message that a receive service has taken.</summary>
public sealed class OnionSentFile
{
    private readonly FileSent _sent;

    internal OnionSentFile(FileSent sent, string service) => (_sent, Service) = (sent, service);

    /// <summary>The name it was sent under.</summary>
    public string Name => RemoteText.Show(_sent.Name);

    /// <summary>Its local path; null for the message.</summary>
    public string? Path => _sent.Path;

    /// <summary>Its length in bytes.</summary>
    public long Length => _sent.Length;

    /// <summary>Whether the service has compared a SHA-256 of every piece; OnionShare's own services don't.</summary>
    public bool IsVerified => _sent.IsVerified;

    /// <summary>The service's receipt: the SHA-256 of what arrived, which is that of what was sent; null when it gives none.</summary>
    public string? Sha256 => _sent.Sha256;

    /// <summary>The service's address, without the password.</summary>
    public string Service { get; }

    public override string ToString() => Name;
}

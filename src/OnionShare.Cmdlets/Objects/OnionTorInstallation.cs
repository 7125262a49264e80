namespace OnionShare;

/// <summary>A tor program that was fetched, checked and kept.</summary>
public sealed class OnionTorInstallation
{
    private readonly TorInstallation _installation;

    internal OnionTorInstallation(TorInstallation installation) => _installation = installation;

    public string Version => _installation.Version;
    public string Path => _installation.Path;
    public string Source => _installation.Source;

    /// <summary>The archive's SHA-256, which fits the published one.</summary>
    public string Sha256 => _installation.Sha256;

    /// <summary>The fingerprint of the OpenPGP key that signed the checksums; null when the signature was not checked.</summary>
    public string? SignedBy => _installation.SignedBy;

    public override string ToString() => $"tor {Version} ({Path})";
}

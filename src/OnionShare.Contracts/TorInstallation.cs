namespace OnionShare.Contracts;

/// <summary>The body of <c>POST /v1/tor/install</c>.</summary>
public sealed record TorInstallRequest
{
    /// <summary>
    /// The site to fetch from, in place of the Tor Project's, such as a mirror: the http or https address of its folder with a folder for each version, as
    /// <c>https://dist.torproject.org/torbrowser/</c> is. What it gives is checked all the same.
    /// </summary>
    public string? Source { get; init; }

    /// <summary>Where the key that signs is looked up, in place of the Tor Project's address: an http or https address. It must have the known fingerprint.</summary>
    public string? KeySource { get; init; }

    /// <summary>Accept an archive whose signature can't be checked because no gpg is here. The published checksum must fit all the same.</summary>
    public bool WithoutSignature { get; init; }
}

/// <summary>A tor that was fetched, checked and put into the state folder.</summary>
public sealed record TorInstallation
{
    /// <summary>Its version, as it says itself.</summary>
    public required string Version { get; init; }
    public required string Path { get; init; }
    public required string Source { get; init; }

    /// <summary>The archive's SHA-256, in hexadecimal digits, that fits the published one.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The fingerprint of the OpenPGP key that signed the checksums; null when the signature was not checked.</summary>
    public string? SignedBy { get; init; }
}

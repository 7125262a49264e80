using OnionShare.Engine.Files;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>Where a tor may come from, who must have signed it, and how much of what is taken.</summary>
internal sealed record InstallTerms
{
    /// <summary>The Tor Project's folder with a folder for each version of Tor Browser, tor itself among its files.</summary>
    public Uri Source { get; init; } = new("https://dist.torproject.org/torbrowser/");

    /// <summary>Where the Tor Project keeps the key: the Web Key Directory of torbrowser@torproject.org (draft-koch-openpgp-webkey-service, 3.1).</summary>
    public Uri KeySource { get; init; } =
        new("https://openpgpkey.torproject.org/.well-known/openpgpkey/torproject.org/hu/kounek7zrdx745qydx6p59t9mqjpuhdf?l=torbrowser");

    /// <summary>The primary fingerprint of the Tor Browser Developers' key. Its subkeys change, this does not.</summary>
    public string SigningKey { get; init; } = "EF6E286DDA85EA2A4BA7DE684E2C6E8793298290";

    /// <summary>Finds the programs to check the signature with. Asked each time: one may just have been installed.</summary>
    public Func<OpenPgpPrograms> OpenPgp { get; init; } = OpenPgpPrograms.OfThisMachine;

    /// <summary>The longest archive that is taken, in bytes. They are about 30 MB.</summary>
    public long LongestArchive { get; init; } = 256L << 20;

    /// <summary>The longest of all other answers, in bytes: listings, checksums, signature, key.</summary>
    public int LongestText { get; init; } = 4 << 20;

    /// <summary>The most that an archive may unpack to, in bytes. They unpack to about 70 MB.</summary>
    public long LongestUnpacked { get; init; } = 1L << 30;

    /// <summary>What must be free on the disk, in bytes: for the archive, what is in it, and a little more.</summary>
    public long LeastSpace { get; init; } = 200L << 20;

    /// <summary>The most entries an archive may have. They have about 30.</summary>
    public int MostEntries { get; init; } = 10_000;

    /// <summary>How long an answer, or the next piece of one, may take to come.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(60);
    public TimeSpan WholeLimit { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The bytes free on the disk that holds a folder.</summary>
    public Func<string, long> FreeSpace { get; init; } = folder => DiskSpace.Free(Path.GetFullPath(folder));
}

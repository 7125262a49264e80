using System.Security.Authentication;
using OnionShare.Engine.Tor.Bridges;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Installation;

/// <summary>
/// Installs a tor program: finds the newest at the Tor Project's site, fetches it, checks it, and puts it where <see cref="TorPlaces"/> finds it. In this order:
/// the checksums of the release and their signature; the archive, whose bytes are compared while they arrive and again on the disk; only then is it
/// unpacked, and only then run. Everything goes outside of tor.
/// </summary>
/// <param name="stateFolder">The state folder.</param>
/// <param name="fetcher">Gives what finds and fetches.</param>
/// <param name="terms">What may come from where, signed by whom.</param>
/// <param name="logger">For what went by.</param>
internal sealed class TorInstaller(string stateFolder, Func<ITorFetcher> fetcher, InstallTerms terms, ILogger logger)
{
    private readonly InstalledTor _installed = new(stateFolder);

    /// <summary>Installs a tor. When it fails, or is cancelled, nothing of it stays, and the one that was installed before stays in use.</summary>
    /// <param name="request">How.</param>
    /// <param name="settings">tor's settings: the proxy to fetch through, in place of the system's; and the program that is named there stays.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ProblemException">
    /// <see cref="ProblemCodes.InstallRefused"/>, <see cref="ProblemCodes.InstallFailed"/>, or <see cref="ProblemCodes.InvalidRequest"/>.
    /// </exception>
    public async Task<TorInstallation> InstallAsync(TorInstallRequest request, TorSettings settings, CancellationToken cancellationToken)
    {
        var source = Address(request.Source, "source") ?? terms.Source;
        var keySource = Address(request.KeySource, "key source") ?? terms.KeySource;
        var from = fetcher();
        var programs = terms.OpenPgp();
        if (programs.AreMissing)
            Allow(request, source);

        using var whole = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        whole.CancelAfter(terms.WholeLimit);
        try
        {
            using var staging = TorStaging.Begin(_installed.Folder, logger);

            // A folder's address ends with a slash, else the last of its names is not its own.
            var folder = new UriBuilder(source) { Path = source.AbsolutePath.TrimEnd('/') + "/", Query = "" }.Uri;
            var proxy = settings.Proxy is { } through ? OutgoingProxy.Parse(through).ForWeb() : null;
            using var site = new DownloadSite(folder, terms, proxy, whole.Token);
            return await InstallAsync(from, site, programs, keySource, staging, settings.Executable, whole.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw InstallProblem.Failed($"Fetching tor from {source} did not end within {terms.WholeLimit.TotalMinutes:0} minutes.", source.AbsoluteUri, cause: e);
        }
        catch (HttpRequestException e)
        {
            throw InstallProblem.Failed(
                $"tor could not be fetched from {source}: {RemoteText.Show((e.InnerException as AuthenticationException ?? e as Exception).Message)}", source.AbsoluteUri,
                "Check the network; behind a proxy or where the site is blocked, give the address of a mirror with -Source. " + InstallProblem.ByHand, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw InstallProblem.Failed($"tor could not be put into {_installed.Folder}: {e.Message}", _installed.Folder, "Make room, or make it writable.", e);
        }
    }

    private async Task<TorInstallation> InstallAsync(
        ITorFetcher from, DownloadSite site, OpenPgpPrograms programs, Uri keySource, TorStaging staging, string? named, CancellationToken cancellationToken)
    {
        var found = await from.FindAsync(site.Client, cancellationToken);
        if (!site.Client.BaseAddress!.IsBaseOf(found.Address))
            throw InstallProblem.Refused($"{site.Client.BaseAddress} leads to another site, {RemoteText.Show(found.Address.AbsoluteUri)}.", found.Address.AbsoluteUri);
        var (sha256, signedBy) = await PublishedAsync(site, found, programs, keySource, staging.Path, cancellationToken);
        site.Expect(found.Address, sha256);
        CheckSpace(staging.Path, terms.LeastSpace);

        // The archive stays beside the folder with what was in it, and both are called alike: so TorSharp, too, finds the program it is to run.
        var archive = Path.Combine(staging.Path, Path.GetFileName(found.FileName));
        await from.FetchAsync(found, site.Client, staging.Path, cancellationToken);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(archive, UserOnlyFile.Mode);
        PublishedChecksums.Compare(sha256, await PublishedChecksums.OfFileAsync(archive, cancellationToken), found.Address);
        var unpacked = archive[..^".tar.gz".Length];
        await TorArchiveReader.UnpackAsync(archive, unpacked, terms, cancellationToken);

        var tor = await RunnableAsync(unpacked, found, cancellationToken);
        var before = _installed.Find();
        if (Version.TryParse(before?.Version, out var older) && tor.Version < older)
        {
            throw InstallProblem.Refused(
                $"{found.Address} is tor {tor.Version}, older than the {older} that is installed.", found.Address.AbsoluteUri,
                $"Take another source. To go back to an old tor, remove the folder {_installed.Folder} first.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        return staging.Keep(
            found.Version.ToString(),
            new TorInstallation
            {
                Version = tor.Version.ToString(),
                Path = tor.Path,
                Source = found.Address.AbsoluteUri,
                Sha256 = sha256.ToLowerInvariant(),
                SignedBy = signedBy,
            },
            [before?.Path, named]);
    }

    // The archive's checksum as the Tor Project says it, and who signed that.
    private async Task<(string Sha256, string? SignedBy)> PublishedAsync(
        DownloadSite site, TorArchive found, OpenPgpPrograms programs, Uri keySource, string folder, CancellationToken cancellationToken)
    {
        var address = new Uri(found.Address, PublishedChecksums.FileName);
        var checksums = await site.ReadAsync(address, cancellationToken)
            ?? throw InstallProblem.Refused($"There are no checksums at {address}, so the archive can't be checked.", address.AbsoluteUri);
        if (!programs.AreMissing)
        {
            var signed = new Uri(found.Address, PublishedChecksums.FileName + ".asc");
            var signature = await site.ReadAsync(signed, cancellationToken)
                ?? throw InstallProblem.Refused($"There is no signature at {signed}, so the checksums can't be trusted.", signed.AbsoluteUri);
            var key = await site.ReadAsync(keySource, cancellationToken)
                ?? throw InstallProblem.Failed(
                    $"The key to check the signature with is not at {keySource}.", keySource.AbsoluteUri,
                    "Give another place of it with -KeySource: any will do, the key is known by its fingerprint. " + InstallProblem.ByHand);
            await new OpenPgpCheck(programs, folder).VerifyAsync(
                (checksums, address), (signature, signed), (key, keySource), terms.SigningKey, cancellationToken);
        }

        return (PublishedChecksums.Find(checksums, found.Address.Segments[^1], address), programs.AreMissing ? null : terms.SigningKey);
    }

    private static async Task<TorExecutable> RunnableAsync(string unpacked, TorArchive found, CancellationToken cancellationToken)
    {
        var program = Path.Combine(unpacked, "tor", OperatingSystem.IsWindows() ? "tor.exe" : "tor");
        if (!File.Exists(program))
            throw InstallProblem.Refused($"There is no tor program in {found.Address}.", found.Address.AbsoluteUri);
        try
        {
            return await TorExecutable.FindAsync(new TorPlaces(program, []), cancellationToken);
        }
        catch (ProblemException e)
        {
            throw InstallProblem.Failed($"The tor from {found.Address} can't be run on this computer.", found.Address.AbsoluteUri, InstallProblem.ByHand, e);
        }
    }

    private void CheckSpace(string folder, long needed)
    {
        if (terms.FreeSpace(folder) < needed)
            throw InstallProblem.Failed($"There are not {ByteSize.Show(needed)} free for {_installed.Folder}.", _installed.Folder, "Make room first.");
    }

    private static Uri? Address(string? text, string what)
    {
        if (text is null)
            return null;
        if (WebAddress.TryRead(text, out var address) && address.Scheme is "http" or "https" && address.UserInfo is "" && address.Fragment is "")
            return address;
        throw new ProblemException(
            ProblemCodes.InvalidRequest, $"The {what} '{RemoteText.Show(text)}' is no http or https address.",
            "Write it whole: https://example.org/path/.", text);
    }

    private static void Allow(TorInstallRequest request, Uri source)
    {
        const string install = "Install one (apt install gpgv, winget install GnuPG.Gpg4win, brew install gnupg)";
        if (!request.WithoutSignature)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.InstallRefused,
                "There is no gpg or gpgv on this computer, so the Tor Project's signature can't be checked. Nothing was fetched.",
                $"{install}, or use -WithoutSignature: then only the published checksum is checked, which is worth as much as the connection to the site. " +
                InstallProblem.ByHand)
            { Status = StatusCodes.Status503ServiceUnavailable });
        }

        if (source.Scheme is not "https" && !source.IsLoopback)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.InstallRefused,
                $"Without a signature nothing would vouch for what comes from {source}: the connection is not encrypted. Nothing was fetched.",
                $"Take an https address. Or: {install}.",
                source.AbsoluteUri)
            { Status = StatusCodes.Status503ServiceUnavailable });
        }
    }
}

using System.Security.Cryptography;
using OnionShare.Engine.Files;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>Fetches what a request asks for, from the address to files that are known to be right.</summary>
internal sealed class Fetcher(Visit visit, FetchRequest request, TimeProvider time, Action<ClientEvent> tell)
{
    private const int MostChanges = 3;
    private const long Reserve = 64 << 20;
    private const long Small = 4 << 20;
    private const int HashPiece = 256 * 1024;
    private static readonly TimeSpan HashPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan HashPause = TimeSpan.FromSeconds(1);

    private readonly Pace _pace = new(time, tell);
    private readonly Destination _destination = new(request.Path);

    /// <summary>Returns when all of it is there.</summary>
    /// <exception cref="ProblemException">It can't be had; says what is left.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        MakeFolder();
        _pace.Tell(visit.Address.IsLocal ? "Asking what there is" : "Connecting through Tor");
        await visit.ReadyAsync(cancellationToken);
        for (var changes = 0; ; changes++)
        {
            var catalog = await Catalog.ReadAsync(visit, time, Catalog.Patience, cancellationToken);
            try
            {
                await FetchAsync(catalog, cancellationToken);
                return;
            }
            catch (RemoteChangedException) when (changes < MostChanges)
            {
                tell(new ClientNote("The service has something else now than when the download began: it begins anew."));
            }
            catch (RemoteChangedException)
            {
                throw ClientProblems.Damaged("The service changes what it offers again and again.");
            }
        }
    }

    private void MakeFolder()
    {
        try
        {
            Directory.CreateDirectory(request.Path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem(
                ProblemCodes.PathNotWritable, $"The folder '{RemoteText.Show(request.Path)}' can't be made: {RemoteText.Show(failure.Message)}", "Choose another one with -Path.", request.Path));
        }
    }

    private async Task FetchAsync(Catalog catalog, CancellationToken cancellationToken)
    {
        if (catalog.IsCut) tell(new ClientNote("The service has more files than it lists."));
        var targets = Targets(FetchChoice.Of(catalog, request), catalog);
        // What a service names may be more than there are numbers for.
        var needed = targets.Aggregate(0L, (sum, one) => sum + Math.Min(one.Source.Length ?? 0, long.MaxValue - sum));
        RequireSpace(needed);
        _pace.Total = targets.All(one => one.Source.Length is not null) ? needed : null;
        if (targets.Count == 1)
        {
            await FetchAsync(targets[0].Source, targets[0].Target, request.Connections, catalog, cancellationToken);
            return;
        }

        // Many small files: each over one circuit, several at once. Large ones get all circuits, one after the other.
        var options = new ParallelOptions { MaxDegreeOfParallelism = request.Connections, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(
            targets.Where(one => one.Source.Length is null or <= Small), options,
            async (one, cancellation) => await FetchAsync(one.Source, one.Target, 1, catalog, cancellation));
        foreach (var one in targets.Where(one => one.Source.Length > Small))
            await FetchAsync(one.Source, one.Target, request.Connections, catalog, cancellationToken);
    }

    private List<(FetchSource Source, string Target)> Targets(IReadOnlyList<FetchSource> sources, Catalog catalog)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var targets = new List<(FetchSource, string)>();
        foreach (var source in sources)
        {
            var isWhole = ReferenceEquals(source, catalog.Whole);
            var target = isWhole ? Path.Combine(request.Path, EntryPath.Last(source.Name)) : EntryPath.Below(request.Path, source.Name);
            target = EntryPath.Free(target, path => !taken.Add(path));
            if (request.Expand && source.IsArchive)
            {
                Unpacking(catalog).Look();
                targets.Add((source, target));
                continue;
            }

            _destination.Check(Path.GetDirectoryName(target)!);
            if (Directory.Exists(target)) throw ClientProblems.Exists(target);
            if (File.Exists(target) && request.Existing == ExistingFile.Refuse) throw ClientProblems.Exists(target);
            if (File.Exists(target) && request.Existing == ExistingFile.Skip) tell(new ClientNote($"{RemoteText.Show(Path.GetFileName(target))} is there already and was left as it is."));
            else targets.Add((source, target));
        }

        return targets;
    }

    private Unpacking Unpacking(Catalog catalog) => new(request, _destination, catalog, tell);

    private async Task FetchAsync(FetchSource source, string target, int connections, Catalog catalog, CancellationToken cancellationToken)
    {
        _pace.Tell($"Fetching {RemoteText.Show(Path.GetFileName(target), 60)}");
        var identity = string.Join('\n', visit.Address.Host, visit.Address.Port, source.Url, source.Offset, source.Length, source.Validator);
        _destination.Make(Path.GetDirectoryName(target)!);
        using var part = PartFile.Open(target, identity, time);
        _destination.Require(part);
        var staging = part.Path + ".d";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var expand = request.Expand && source.IsArchive;
        var hashing = HashAsync(part, ending.Token);
        // An archive that is not unpacked is looked through all the same, if nobody tells its hash.
        var expanding = source.IsArchive && (expand || source.Sha256 is null) ? ExpandAsync(part, expand ? staging : null, ending.Token) : null;
        try
        {
            var loading = new Download(visit, source, part, _pace, request.Patience, message => tell(new ClientNote(message))).RunAsync(connections, Most(), ending.Token);
            // An archive that must not be taken ends the download at once.
            if (expanding is not null && await Task.WhenAny(loading, expanding) == expanding && !expanding.IsCompletedSuccessfully)
            {
                await ending.CancelAsync();
                await loading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await expanding;
            }

            await loading;
            part.Complete();
            _pace.Tell("Checking what has arrived");
            var hash = await hashing;
            var files = expanding is null ? null : await expanding;
            var expected = await ExpectedAsync(source, part, catalog, cancellationToken);
            if (expected is not null && !expected.AsSpan().SequenceEqual(hash))
                throw ClientProblems.OtherHash(source.Name);
            var proof = expected is not null ? FileProof.Sha256 : expanding is not null ? FileProof.Crc32 : FileProof.Length;
            var length = part.Count;
            var download = part.Download;
            if (expand)
            {
                Unpacking(catalog).Take(staging, files!, proof);
                part.Discard();
            }
            else
            {
                Finish(part, target, length, hash, proof);
            }

            await ReceiptAsync(source, download, length, hash, cancellationToken);
        }
        catch (Exception failure)
        {
            await ending.CancelAsync();
            part.Fail(failure);
            await Task.WhenAll(hashing, expanding ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
            // What is wrong must not be gone on with.
            if (failure is RemoteChangedException or ProblemException { Problem.Code: ProblemCodes.RemoteDamaged or ProblemCodes.RemoteUnsafe or ProblemCodes.RemoteNotUnderstood }) part.Discard();
            throw;
        }
    }

    private static async Task<byte[]> HashAsync(PartFile part, CancellationToken cancellationToken)
    {
        // In large pieces: SHA256.HashDataAsync reads 4 KiB at a time, and each of them is a visit to the thread pool.
        await using var stream = new FollowingStream(part);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[HashPiece];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var count) hash.AppendData(buffer.AsSpan(0, count));
        return hash.GetHashAndReset();
    }

    private async Task<IReadOnlyList<ExpandedFile>> ExpandAsync(PartFile part, string? staging, CancellationToken cancellationToken)
    {
        if (staging is not null)
        {
            if (Directory.Exists(staging)) Directory.Delete(staging, recursive: true);
            _destination.Make(staging);
        }

        await using var stream = new FollowingStream(part);
        return await new ZipExpander(stream, staging, path => FetchChoice.IsWanted(request, path), staging is null ? long.MaxValue : Most()).RunAsync(cancellationToken);
    }

    private void Finish(PartFile part, string target, long length, byte[] hash, FileProof proof)
    {
        if (request.Existing == ExistingFile.KeepBoth) target = EntryPath.Free(target);
        try
        {
            part.Finish(target, request.Existing == ExistingFile.Overwrite);
        }
        catch (IOException) when (File.Exists(target) && request.Existing != ExistingFile.Overwrite)
        {
            throw ClientProblems.Exists(target); // it came while this was fetched
        }

        WebMark.Put(target);
        tell(new FileFetched { Path = target, Length = length, Sha256 = Convert.ToHexStringLower(hash), Proof = proof });
    }

    // The service may have been busy reading when it was first asked.
    private async Task<byte[]?> ExpectedAsync(FetchSource source, PartFile part, Catalog catalog, CancellationToken cancellationToken)
    {
        if (source.Sha256 is not null || catalog.Index is null || source.Offset > 0 || source.Length is null) return source.Sha256;
        for (var since = time.GetTimestamp(); ;)
        {
            using var limit = Limit(cancellationToken);
            try
            {
                using var response = await visit.OverCircuitAsync(circuit =>
                    circuit.SendAsync(HttpMethod.Head, source.Url, ask => ask.Headers.TryAddWithoutValidation(ReprDigest.Wanted, "sha-256=10"), limit.Token));
                if (source.ETag is not null && response.Headers.ETag?.ToString() != source.ETag) return null;
                if (ReprDigest.Read(response.Headers.TryGetValues(ReprDigest.Header, out var values) ? values.ToArray() : null) is { } hash) return hash;
            }
            catch (Exception lost) when (IsLost(lost, cancellationToken))
            {
                return null; // the service may have gone; what there is is told with what proof there is
            }

            if (source.Receipt is null || time.GetElapsedTime(since) > HashPatience) return null;
            await Task.Delay(HashPause, time, cancellationToken);
        }
    }

    private async Task ReceiptAsync(FetchSource source, string download, long length, byte[] hash, CancellationToken cancellationToken)
    {
        if (source.Receipt is null) return;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var limit = Limit(cancellationToken);
            try
            {
                using var response = await visit.OverCircuitAsync(circuit =>
                    circuit.SendAsync(HttpMethod.Post, FormattableString.Invariant($"{source.Receipt}?bytes={length}"), Prepare, limit.Token));
                return;
            }
            catch (Exception lost) when (IsLost(lost, cancellationToken))
            {
                // The file is here; the service counts what it has handed over when no receipt comes.
            }
        }

        void Prepare(HttpRequestMessage message)
        {
            message.Content = new ByteArrayContent([]);
            message.Headers.TryAddWithoutValidation(DownloadReceipt.Header, download);
            message.Headers.TryAddWithoutValidation("If-Match", source.ETag);
            message.Headers.TryAddWithoutValidation(ReprDigest.Header, ReprDigest.Of(hash));
        }
    }

    // Of an answer that is not needed: the file is here.
    private CancellationTokenSource Limit(CancellationToken cancellationToken)
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Patience < AnswerLimit ? request.Patience : AnswerLimit);
        return limit;
    }

    private static bool IsLost(Exception failure, CancellationToken cancellationToken) =>
        Visit.IsLost(failure) || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    private long Most() => Math.Min(request.MaxSize ?? long.MaxValue, Math.Max(0, FreeSpace() - Reserve));

    private void RequireSpace(long needed)
    {
        if (needed > request.MaxSize)
        {
            throw ClientProblems.Unsafe(
                $"The service offers {ByteSize.Show(needed)}, and no more than {ByteSize.Show(request.MaxSize.Value)} is to be taken.", "Raise -MaxSize, or choose files with -Include.");
        }

        var room = FreeSpace() - Reserve;
        if (needed > room) throw ClientProblems.NoSpace(needed, Math.Max(0, room));
    }

    private long FreeSpace() => DiskSpace.Free(request.Path);
}

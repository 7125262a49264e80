using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Files;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Clients.Sending;

/// <summary>
/// Sends piece by piece (tus 1.0: core, creation, checksum): one submission, several files at once, each piece with its SHA-256, and where a circuit is lost it
/// asks how far the service is and goes on from there. A submission that was refused in part is taken back as a whole.
/// </summary>
internal sealed class ResumableSending(Visit visit, SendRequest request, Pace pace, Action<ClientEvent> tell)
{
    private const int PieceSize = 8 << 20;
    private const string PieceType = "application/offset+octet-stream";
    private const int ChecksumMismatch = 460;
    private const int LargestAnswer = 64 * 1024;
    private const int MostDamaged = 5;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan WithdrawLimit = TimeSpan.FromSeconds(30);

    private string? _begun;
    private int _whole;

    /// <summary>Returns when the service has all of it.</summary>
    public async Task RunAsync(IReadOnlyList<Parcel> parcels, CancellationToken cancellationToken)
    {
        try
        {
            await SendAllAsync(parcels, cancellationToken);
        }
        catch (ContentChangedException) when (_begun is not null)
        {
            await WithdrawAsync(cancellationToken);
            throw;
        }
        catch (ProblemException refused) when (refused.Problem.Code == ProblemCodes.RemoteRefused && _begun is not null)
        {
            var left = await WithdrawAsync(cancellationToken) ? "It keeps nothing of what was sent."
                : $"It may keep what had arrived by then: {_whole:N0} of {parcels.Count:N0} whole.";
            throw new ProblemException(refused.Problem with { Detail = $"{refused.Problem.Detail} {left}" });
        }
    }

    private async Task SendAllAsync(IReadOnlyList<Parcel> parcels, CancellationToken cancellationToken)
    {
        var total = parcels.Sum(parcel => parcel.Content.Length);
        var (submission, places) = await BeginAsync(parcels, total, cancellationToken);
        var rest = new ConcurrentQueue<int>(Enumerable.Range(0, parcels.Count));
        var receipts = new string?[parcels.Count];
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, Math.Min(request.Connections, parcels.Count)).Select(_ => WorkAsync(
            rest,
            async i =>
            {
                receipts[i] = await SendAsync(parcels[i], places[i], ending.Token);
                Interlocked.Increment(ref _whole);
            },
            ending)).ToList();
        await Workers.AllAsync(workers);
        await RetryAsync(circuit => PostAsync(circuit, submission, null, HttpStatusCode.OK, cancellationToken), cancellationToken);
        foreach (var (parcel, receipt) in parcels.Zip(receipts))
            tell(new FileSent { Name = parcel.Name, Path = parcel.Path, Length = parcel.Content.Length, IsVerified = true, Sha256 = receipt });
    }

    private async Task WorkAsync(ConcurrentQueue<int> rest, Func<int, Task> send, CancellationTokenSource ending)
    {
        try
        {
            while (rest.TryDequeue(out var next)) await send(next);
        }
        catch
        {
            await ending.CancelAsync();
            throw;
        }
    }

    // Whether a request that broke was heard is not known, and a file that is there twice would never be whole: then all of it begins anew.
    private async Task<(string Submission, string[] Places)> BeginAsync(IReadOnlyList<Parcel> parcels, long total, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                if (_begun is not null) await WithdrawAsync(cancellationToken);
                var submission = _begun = await visit.OverCircuitAsync(circuit => PostAsync(circuit, FormattableString.Invariant($"/submissions?bytes={total}"), null, HttpStatusCode.Created, cancellationToken));
                var id = submission[(submission.LastIndexOf('/') + 1)..];
                var places = new string[parcels.Count];
                var options = new ParallelOptions { MaxDegreeOfParallelism = failures == 0 ? request.Connections : 1, CancellationToken = cancellationToken };
                await Parallel.ForEachAsync(Enumerable.Range(0, parcels.Count), options, async (i, cancellation) =>
                    places[i] = await visit.OverCircuitAsync(circuit => PostAsync(circuit, "/files", message =>
                    {
                        message.Headers.TryAddWithoutValidation("Upload-Length", parcels[i].Content.Length.ToString(CultureInfo.InvariantCulture));
                        message.Headers.TryAddWithoutValidation("Upload-Metadata", Metadata(parcels[i], id));
                    }, HttpStatusCode.Created, cancellation)));
                return (submission, places);
            }
            catch (Exception broken) when (IsTransient(broken))
            {
                await PauseAsync(failures, broken, cancellationToken);
            }
        }
    }

    /// <summary>Takes back what was begun; whether the service says that nothing of it stays.</summary>
    private async Task<bool> WithdrawAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(WithdrawLimit);
        try
        {
            using var response = await visit.OverCircuitAsync(circuit => SendAsync(circuit, HttpMethod.Delete, Interlocked.Exchange(ref _begun, null)!, null, null, limit.Token));
            return response.StatusCode == HttpStatusCode.NoContent;
        }
        catch (Exception failure) when (failure is ProblemException or OperationCanceledException || Visit.IsLost(failure))
        {
            return false; // why all of it ended is what is told
        }
    }

    /// <summary>Returns the SHA-256 of what arrived, when the service gives a receipt, and it is that of what was sent.</summary>
    private async Task<string?> SendAsync(Parcel parcel, string place, CancellationToken cancellationToken)
    {
        pace.Tell($"Sending {RemoteText.Show(parcel.Name, 60)}");
        var content = parcel.Content;
        await using var reader = content.Open();
        var buffer = new byte[Math.Min(PieceSize, Math.Max(content.Length, 1))];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = 0, hashed = 0;
        var (isSure, damaged) = (content.Length > 0, 0); // of an empty file nothing is sent, only its receipt asked for
        byte[]? receipt = null;
        while (offset < content.Length || !isSure)
        {
            (offset, receipt) = await RetryAsync(async circuit =>
            {
                if (!isSure) (offset, receipt) = await OffsetAsync(circuit, place, hashed, cancellationToken);
                isSure = false; // until the answer is there
                var count = await FillAsync(reader, offset, buffer.AsMemory(0, (int)Math.Min(buffer.Length, content.Length - offset)), cancellationToken);
                hash.AppendData(buffer.AsSpan(0, count)[(int)Math.Min(count, hashed - offset)..]); // a piece may have to be sent again
                hashed = Math.Max(hashed, offset + count);
                var next = count == 0 ? (offset, receipt) : await PatchAsync(circuit, place, offset, buffer.AsMemory(0, count), cancellationToken);
                if (next is null)
                {
                    throw damaged++ < MostDamaged
                        ? new IOException("a piece arrived damaged")
                        : ClientProblems.NotUnderstood("The service says again and again that a piece arrived damaged, or in the wrong place.");
                }

                (isSure, damaged) = (true, 0);
                return next.Value;
            }, cancellationToken);
        }

        if (receipt is null) return null;
        var own = hash.GetCurrentHash();
        return own.AsSpan().SequenceEqual(receipt) ? Convert.ToHexStringLower(own) : throw ClientProblems.ArrivedOtherwise(parcel.Name);
    }

    private static async Task<int> FillAsync(IContentReader reader, long offset, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var filled = 0;
        while (filled < buffer.Length)
        {
            var count = await reader.ReadAsync(offset + filled, buffer[filled..], cancellationToken);
            if (count == 0) throw new ContentChangedException("A file became shorter while it was sent.");
            filled += count;
        }

        return filled;
    }

    // Null: it must be asked where to go on.
    private async Task<(long Offset, byte[]? Receipt)?> PatchAsync(Circuit circuit, string place, long offset, ReadOnlyMemory<byte> piece, CancellationToken cancellationToken)
    {
        using var working = pace.Work();
        using var response = await SendAsync(circuit, HttpMethod.Patch, place, piece, message =>
        {
            message.Headers.TryAddWithoutValidation("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
            message.Headers.TryAddWithoutValidation("Upload-Checksum", "sha256 " + Convert.ToBase64String(SHA256.HashData(piece.Span)));
        }, cancellationToken);
        if ((int)response.StatusCode is ChecksumMismatch or 409) return null;
        if (response.StatusCode != HttpStatusCode.NoContent) throw await RefusedAsync(response, cancellationToken);
        pace.Add(piece.Length);
        return (offset + piece.Length, ReceiptIn(response));
    }

    private async Task<(long Offset, byte[]? Receipt)> OffsetAsync(Circuit circuit, string place, long sent, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(circuit, HttpMethod.Head, place, null, null, cancellationToken);
        if (!response.IsSuccessStatusCode) throw await RefusedAsync(response, cancellationToken);
        return response.Headers.TryGetValues("Upload-Offset", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset) && offset <= sent
            ? (offset, ReceiptIn(response))
            : throw ClientProblems.NotUnderstood("The service does not tell how far it is, or says that it has more than was sent.");
    }

    private static byte[]? ReceiptIn(HttpResponseMessage response) =>
        response.Headers.TryGetValues(ReprDigest.Header, out var values) || response.Content.Headers.TryGetValues(ReprDigest.Header, out values) ? ReprDigest.Read(values.ToArray()) : null;

    /// <summary>Sends a POST; the answer's place, on the service's own host.</summary>
    private async Task<string> PostAsync(Circuit circuit, string path, Action<HttpRequestMessage>? prepare, HttpStatusCode wanted, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(circuit, HttpMethod.Post, path, ReadOnlyMemory<byte>.Empty, prepare, cancellationToken);
        if (response.StatusCode != wanted) throw await RefusedAsync(response, cancellationToken);
        if (wanted != HttpStatusCode.Created) return "";
        var place = response.Headers.Location?.OriginalString ?? "";
        return place.StartsWith('/') && !place.StartsWith("//", StringComparison.Ordinal) ? place : throw ClientProblems.NotUnderstood("The service does not tell where to send to.");
    }

    // The limit runs while nothing moves: a piece may take as long as a slow circuit takes.
    private async Task<HttpResponseMessage> SendAsync(
        Circuit circuit, HttpMethod method, string path, ReadOnlyMemory<byte>? body, Action<HttpRequestMessage>? prepare, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var most = request.Patience < Limit ? request.Patience : Limit;
        limit.CancelAfter(most);
        try
        {
            return await circuit.SendAsync(method, path, message =>
            {
                message.Headers.TryAddWithoutValidation("Tus-Resumable", "1.0.0");
                if (body is { } piece) message.Content = new ReadContent(new BytesContent(piece), Moved);
                if (method == HttpMethod.Patch) message.Content!.Headers.ContentType = new MediaTypeHeaderValue(PieceType);
                prepare?.Invoke(message);
            }, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("the service does not answer", late);
        }

        void Moved(long bytes)
        {
            pace.Touch();
            limit.CancelAfter(most);
        }
    }

    private static async Task<Exception> RefusedAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var words = RefusalWords.Of(await Body.ReadAsync(response, LargestAnswer, cancellationToken), response.Content.Headers.ContentType?.MediaType);
        return status is 423 or 429 or 500 or 502 or 504 ? new IOException($"the service answers with status {status}") : ClientProblems.Refused(status, words);
    }

    private async Task<T> RetryAsync<T>(Func<Circuit, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                return await visit.OverCircuitAsync(work);
            }
            catch (Exception broken) when (IsTransient(broken))
            {
                await PauseAsync(failures, broken, cancellationToken);
            }
        }
    }

    private static bool IsTransient(Exception failure) => failure is not ContentChangedException && Visit.IsLost(failure);

    private async Task PauseAsync(int failures, Exception broken, CancellationToken cancellationToken)
    {
        if (visit.WantsKey) throw ClientProblems.Key(visit.HasKey);
        if (pace.Idle > request.Patience) throw ClientProblems.Unreachable(pace.Idle, visit.Trouble ?? broken.Message, isKept: false);
        if (failures == 2) tell(new ClientNote($"The connection is lost and tried again: {RemoteText.Show(visit.Trouble ?? broken.Message, 200)}"));
        await Task.Delay(TimeSpan.FromSeconds(Math.Min(15, 0.5 * (1 << Math.Min(failures, 5)))), cancellationToken);
    }

    private static string Metadata(Parcel parcel, string submission)
    {
        var pairs = new List<(string Key, string Value)> { ("submission", submission) };
        pairs.Add(parcel.Path is null ? ("kind", "text") : ("filename", parcel.Name));
        return string.Join(',', pairs.Select(pair => $"{pair.Key} {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair.Value))}"));
    }
}

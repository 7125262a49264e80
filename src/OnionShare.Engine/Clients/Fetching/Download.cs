using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using OnionShare.Engine.Web;

namespace OnionShare.Engine.Clients.Fetching;

/// <summary>The service has something else under the address than when the download began.</summary>
internal sealed class RemoteChangedException() : Exception("The file has changed on the service.");

/// <summary>Brings the bytes of one source into a file: over one circuit or several, again and again until all of them are there.</summary>
internal sealed class Download(Visit visit, FetchSource source, PartFile part, Pace pace, TimeSpan patience, Action<string> note)
{
    private const int BufferSize = 128 * 1024;

    // What a piece should take. Before the next one the circuit is empty for a round trip, a second or so through Tor: at six seconds a sixth of its time was lost.
    private const double SecondsPerBlock = 20;
    private const int TailsPerPatience = 60; // of ten minutes: ten seconds
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(45);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan[] Delays = [.. new[] { 0.5, 1, 2, 4, 8, 15 }.Select(TimeSpan.FromSeconds)];

    private readonly CancellationTokenSource _failed = new();
    private bool _saidTrouble;

    /// <summary>Returns when every byte is in the file. What can't be read in ranges is read from its start at each attempt, and must begin as it did before.</summary>
    /// <param name="connections">The circuits to use.</param>
    /// <param name="most">The most bytes to take of what has no known length.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RemoteChangedException">The service has something else now.</exception>
    /// <exception cref="ProblemException">It can't be had.</exception>
    public async Task RunAsync(int connections, long most, CancellationToken cancellationToken)
    {
        pace.Add(part.Count);
        if (!source.HasRanges || source.Length is not { } length)
        {
            await RunWholeAsync(most, cancellationToken);
            return;
        }

        var plan = new BlockPlan(part.Missing(length), TimeProvider.System, patience / TailsPerPatience);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _failed.Token);
        var workers = Enumerable.Range(0, source.IsParallel ? connections : 1).Select(_ => WorkAsync(plan, length, either.Token)).ToList();
        await Workers.AllAsync(workers);
    }

    private async Task WorkAsync(BlockPlan plan, long length, CancellationToken cancellationToken)
    {
        var circuit = visit.TakeCircuit();
        try
        {
            // Without several at once there is nothing to split: one request for all that is missing.
            var size = source.IsParallel ? Math.Min(4 << 20, length / 16) : length;
            for (var failures = 0; !plan.IsDone;)
            {
                if (plan.Take(size) is not { } block)
                {
                    await Task.Delay(Delays[0], cancellationToken); // what is under way may come back
                    continue;
                }

                try
                {
                    var since = Stopwatch.GetTimestamp();
                    await FetchAsync(circuit, plan, block, cancellationToken);
                    var seconds = Math.Max(Stopwatch.GetElapsedTime(since).TotalSeconds, 0.001);
                    if (source.IsParallel) size = (long)Math.Min((block.Position - block.Start) / seconds * SecondsPerBlock, BlockPlan.Largest);
                    failures = 0;
                }
                catch (Exception broken) when (IsTransient(broken, cancellationToken))
                {
                    if (block.Position > block.Start) failures = 0;
                    circuit.Dispose();
                    circuit = visit.TakeCircuit();
                    await PauseAsync(failures++, broken, cancellationToken);
                }
                finally
                {
                    plan.Return(block);
                }
            }
        }
        catch
        {
            circuit.Dispose();
            await _failed.CancelAsync();
            throw;
        }

        visit.Return(circuit);
    }

    private async Task FetchAsync(Circuit circuit, BlockPlan plan, Block block, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, block.Lost);
        try
        {
            await BringAsync(circuit, plan, block, either.Token);
        }
        catch (OperationCanceledException lost) when (block.Lost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException("it was so slow that another circuit took over", lost);
        }
    }

    private async Task BringAsync(Circuit circuit, BlockPlan plan, Block block, CancellationToken cancellationToken)
    {
        var (first, last) = (source.Offset + block.Position, source.Offset + block.End - 1);
        using var response = await SendAsync(circuit, first, last, cancellationToken);
        if (response.StatusCode == HttpStatusCode.PartialContent)
        {
            if (response.Content.Headers.ContentRange is not { HasRange: true } range || range.From != first || range.To > last || range.To < first)
                throw ClientProblems.NotUnderstood("The service sends other bytes than it was asked for.");
            if (source.ETag is { } tag && response.Headers.ETag is { } other && other.ToString() != tag) throw new RemoteChangedException();
        }
        else if (!(response.IsSuccessStatusCode && first == 0 && response.Content.Headers.ContentLength == source.Length))
        {
            throw new RemoteChangedException();
        }

        using var working = pace.Work();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var buffer = new byte[BufferSize];
        while (plan.Left(block) is > 0 and var left)
        {
            var count = await ReadAsync(body, buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), limit, cancellationToken);
            if (count == 0) throw new IOException("the service hung up");
            part.Write(block.Position, buffer.AsSpan(0, count));
            pace.Add(plan.Advance(block, count));
        }
    }

    private async Task RunWholeAsync(long most, CancellationToken cancellationToken)
    {
        for (var failures = 0; ; failures++)
        {
            try
            {
                await visit.OverCircuitAsync(circuit => FetchWholeAsync(circuit, most, cancellationToken));
                return;
            }
            catch (Exception broken) when (IsTransient(broken, cancellationToken))
            {
                await PauseAsync(failures, broken, cancellationToken);
            }
        }
    }

    private async Task<long> FetchWholeAsync(Circuit circuit, long most, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(circuit, null, null, cancellationToken);
        if (source.IsArchive && response.Content.Headers.ContentDisposition is null)
            throw ClientProblems.Refused((int)response.StatusCode, "it shows a page instead of the files; it may be sending them to somebody else just now");
        var length = response.Content.Headers.ContentLength ?? source.Length;
        if (length > most) throw ClientProblems.NoSpace(length.Value, most);
        pace.Total = length;
        using var working = pace.Work();
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (buffer, known) = (new byte[BufferSize], new byte[BufferSize]);
        long offset = 0;
        while (await ReadAsync(body, buffer, limit, cancellationToken) is > 0 and var count)
        {
            if (offset + count > most) throw ClientProblems.Unsafe($"The service sends more than {ByteSize.Show(most)} and does not come to an end.");
            // What came at an earlier attempt has been hashed and unpacked already.
            var same = part.Read(offset, known.AsSpan(0, count));
            if (!known.AsSpan(0, same).SequenceEqual(buffer.AsSpan(0, same))) throw new RemoteChangedException();
            if (same < count) part.Write(offset + same, buffer.AsSpan(same, count - same));
            offset += count;
            pace.Add(count - same);
        }

        if (length is not null && offset != length) throw new IOException("the service hung up");
        return offset == part.Count ? offset : throw new RemoteChangedException(); // what there was before is longer
    }

    private async Task<HttpResponseMessage> SendAsync(Circuit circuit, long? first, long? last, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience < AnswerLimit ? patience : AnswerLimit);
        HttpResponseMessage response;
        try
        {
            response = await circuit.SendAsync(HttpMethod.Get, source.Url, Prepare, limit.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("the service does not answer", late);
        }

        if (response.IsSuccessStatusCode) return response;
        using (response)
        {
            throw (int)response.StatusCode switch
            {
                404 or 410 => ClientProblems.NotFound(source.Name),
                409 => ClientProblems.Changed(source.Name),
                412 or 416 => new RemoteChangedException(),
                408 or 425 or 429 or >= 500 => new IOException($"the service answers with status {(int)response.StatusCode}"),
                var status => ClientProblems.Refused(status),
            };
        }

        void Prepare(HttpRequestMessage request)
        {
            request.Headers.TryAddWithoutValidation(DownloadReceipt.Header, part.Download);
            if (first is null) return;
            request.Headers.Range = new RangeHeaderValue(first, last);
            if (source.Validator is { } validator) request.Headers.TryAddWithoutValidation("If-Range", validator);
        }
    }

    // One limit serves all reads of a body; it runs while one is waited for.
    private static async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationTokenSource limit, CancellationToken cancellationToken)
    {
        try
        {
            var reading = body.ReadAsync(buffer, limit.Token);
            if (reading.IsCompletedSuccessfully) return reading.Result;
            limit.CancelAfter(Stall);
            var count = await reading;
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            return count;
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"nothing came for {Stall.TotalSeconds:0} seconds", late);
        }
    }

    private static bool IsTransient(Exception failure, CancellationToken cancellationToken) =>
        !cancellationToken.IsCancellationRequested && Visit.IsLost(failure);

    private async Task PauseAsync(int failures, Exception broken, CancellationToken cancellationToken)
    {
        var why = visit.Trouble ?? (broken as HttpRequestException)?.InnerException?.Message ?? broken.Message;
        if (visit.WantsKey) throw ClientProblems.Key(visit.HasKey);
        if (pace.Idle > patience) throw ClientProblems.Unreachable(pace.Idle, why, part.Count > 0 && source.HasRanges);
        if (failures >= 2 && !_saidTrouble)
        {
            _saidTrouble = true;
            note($"The connection is lost and tried again: {RemoteText.Show(why, 200)}");
        }

        await Task.Delay(Delays[Math.Min(failures, Delays.Length - 1)], cancellationToken);
    }
}

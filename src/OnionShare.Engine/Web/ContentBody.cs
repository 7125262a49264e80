using System.Buffers;
using System.IO.Pipelines;
using OnionShare.Engine.Files;

namespace OnionShare.Engine.Web;

/// <summary>
/// Carries a range of a content into a response. The blocks are read straight into the response's pipe; they are small for
/// visitors who take them slowly, so that hundreds of slow visitors cost little memory, and grow for those who don't wait.
/// </summary>
internal sealed class ContentBody : IAsyncDisposable
{
    /// <summary>The largest block: beyond it nothing gets faster.</summary>
    public const int LargestBlock = 256 * 1024;

    /// <summary>The first and smallest block: Kestrel holds back writers with more than this on their way.</summary>
    public const int SmallestBlock = 32 * 1024;

    /// <summary>Bytes taken without a stall before the blocks grow: more than the kernel's socket buffers take from anybody at once.</summary>
    private const long Trust = 16 * 1024 * 1024;

    private static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(200);

    private readonly IContentReader _reader;
    private readonly ByteRange _range;
    private readonly ITransferObserver? _observer;
    private readonly TimeProvider _clock;
    private byte[]? _first = ArrayPool<byte>.Shared.Rent(SmallestBlock);
    private int _firstCount;
    private long _handedOver;
    private int _pending; // written, and not yet known to be on its way

    private ContentBody(IContentReader reader, ByteRange range, ITransferObserver? observer, TimeProvider clock)
    {
        _reader = reader;
        _range = range;
        _observer = observer;
        _clock = clock;
    }

    /// <summary>Opens the content and reads its first block, so that what can't be read is known before an answer has begun.</summary>
    /// <exception cref="ContentChangedException">It can't be read.</exception>
    public static async ValueTask<ContentBody> OpenAsync(
        IContent content, ByteRange range, ITransferObserver? observer, TimeProvider clock, CancellationToken cancellationToken)
    {
        var body = new ContentBody(content.Open(), range, observer, clock);
        try
        {
            if (range.Count > 0) body._firstCount = await body.ReadAsync(body._first.AsMemory(0, SmallestBlock), cancellationToken);
            return body;
        }
        catch
        {
            await body.DisposeAsync();
            throw;
        }
    }

    /// <param name="context">Where to.</param>
    /// <param name="total">How many bytes the whole content has.</param>
    /// <param name="cancellationToken">Cuts it.</param>
    public async Task<ContentSent> SendAsync(HttpContext context, long total, CancellationToken cancellationToken)
    {
        using var cut = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, cancellationToken);
        _observer?.Begin(_range.Start, _range.Count, total);
        var whole = false;
        try
        {
            await context.Response.StartAsync(cut.Token); // from here on the pipe's memory is the connection's own
            whole = await PumpAsync(context.Response.BodyWriter, cut.Token);
        }
        catch (OperationCanceledException) when (cut.IsCancellationRequested)
        {
            // whole stays false: the visitor hung up or the service was stopped, which the observer and the result tell.
        }
        catch (Exception failure)
        {
            // The length has been promised: only an aborted connection tells the visitor that the bytes are not all there.
            context.Abort();
            _observer?.Failed(failure);
            if (failure is not ContentChangedException) throw;
            return Result(context, false);
        }

        if (whole)
        {
            _observer?.Completed();
        }
        else
        {
            context.Abort();
            _observer?.Cut();
        }

        return Result(context, whole);
    }

    public async ValueTask DisposeAsync()
    {
        ReturnFirst();
        await _reader.DisposeAsync();
    }

    private ContentSent Result(HttpContext context, bool whole) => new(context.Response.StatusCode, _range.Start, _handedOver, whole, _pending);

    private async ValueTask<bool> PumpAsync(PipeWriter pipe, CancellationToken cancellationToken)
    {
        if (_range.Count == 0) return true;
        pipe.Write(_first.AsSpan(0, _firstCount));
        ReturnFirst();
        long sinceStall = 0;
        _pending = _firstCount;
        while (true)
        {
            var started = _clock.GetTimestamp();
            var flushed = await pipe.FlushAsync(cancellationToken);
            if (flushed.IsCompleted) return false; // the visitor is gone; Kestrel says it this way and takes nothing any more
            cancellationToken.ThrowIfCancellationRequested();
            sinceStall = _clock.GetElapsedTime(started) < Stall ? sinceStall + _pending : 0;
            _handedOver += _pending;
            _pending = 0;
            _observer?.Progress(_handedOver);
            if (_handedOver == _range.Count) return true;

            var block = sinceStall < Trust ? SmallestBlock : LargestBlock;
            var count = await ReadAsync(pipe.GetMemory(block)[..block], cancellationToken);
            pipe.Advance(count);
            _pending = count;
        }
    }

    private void ReturnFirst()
    {
        if (_first is not null) ArrayPool<byte>.Shared.Return(_first);
        _first = null;
    }

    private async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var offset = _range.Start + _handedOver;
        var left = _range.End - offset;
        if (buffer.Length > left) buffer = buffer[..(int)left];
        var count = await _reader.ReadAsync(offset, buffer, cancellationToken);
        return count > 0 ? count : throw new ContentChangedException($"The content ended at byte {offset}, {left} bytes early.");
    }
}

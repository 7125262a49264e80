namespace OnionShare.Engine;

/// <summary>
/// What an engine does for somebody who waits for it, services apart. While there is some the engine does not end for want of work; when it does end,
/// what is left is cancelled and waited for, so that it takes back what it has begun.
/// </summary>
internal sealed class WorkUnderWay : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Task> _running = [];
    private readonly CancellationTokenSource _ending = new();
    private bool _closed;

    public bool IsBusy
    {
        get { lock (_lock) return _running.Count > 0; }
    }

    /// <param name="work">What to do; its token is also cancelled when the engine ends.</param>
    /// <param name="cancellationToken">Cancelled when nobody waits for it any more.</param>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.EngineStopping"/>, when the engine ended it; and all that <paramref name="work"/> throws.</exception>
    public async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        CancellationTokenSource either;
        lock (_lock)
        {
            if (_closed) throw Stopping();
            either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _ending.Token);
            _running.Add(done.Task);
        }

        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Stopping();
        }
        finally
        {
            lock (_lock) _running.Remove(done.Task);
            done.SetResult();
            either.Dispose();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (_lock)
        {
            _closed = true;
            left = [.. _running];
        }

        await _ending.CancelAsync();
        await Task.WhenAll(left);
    }

    private static ProblemException Stopping() =>
        new(ProblemCodes.EngineStopping, "The engine is stopping.", "Try again in a moment.");
}

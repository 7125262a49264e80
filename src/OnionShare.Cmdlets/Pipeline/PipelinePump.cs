using System.Collections.Concurrent;

namespace OnionShare.Cmdlets.Pipeline;

/// <summary>
/// Runs an asynchronous body on the pipeline's thread: whatever the body awaits comes back to this thread through one queue, so the
/// body may write to the pipeline at any point, and what the pipeline throws arrives in the body, where its cleanup is.
/// </summary>
internal sealed class PipelinePump : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

    /// <summary>Returns when the body has ended; throws what it threw.</summary>
    public static void Run(Func<Task> body)
    {
        var outer = Current;
        var pump = new PipelinePump();
        Task task;
        SetSynchronizationContext(pump);
        try
        {
            task = body();
            _ = task.ContinueWith(
                _ => pump._queue.CompleteAdding(),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
            foreach (var (callback, state) in pump._queue.GetConsumingEnumerable()) callback(state);
        }
        finally
        {
            SetSynchronizationContext(outer);
        }

        task.GetAwaiter().GetResult();
    }

    /// <summary>
    /// Runs <paramref name="action"/> without the pump: it may lead into other people's code (a command further down the
    /// pipeline), whose own waiting must not need our queue.
    /// </summary>
    public static T Outside<T>(Func<T> action)
    {
        var current = Current;
        SetSynchronizationContext(null);
        try
        {
            return action();
        }
        finally
        {
            SetSynchronizationContext(current);
        }
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        try
        {
            _queue.Add((d, state));
        }
        catch (InvalidOperationException)
        {
            // The body is over; something it did not wait for goes on without it.
            base.Post(d, state);
        }
    }

    public override SynchronizationContext CreateCopy() => this;
}

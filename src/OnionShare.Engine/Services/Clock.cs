namespace OnionShare.Engine.Services;

internal static class Clock
{
    // The wall clock is asked again this often, so that a clock that was set, or a computer that slept, is noticed.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>Waits until the clock shows <paramref name="moment"/> or later.</summary>
    public static async Task WaitUntilAsync(TimeProvider time, DateTimeOffset moment, CancellationToken cancellationToken)
    {
        while (moment - time.GetUtcNow() is var left && left > TimeSpan.Zero)
            await Task.Delay(left < LongestWait ? left : LongestWait, time, cancellationToken);
    }
}

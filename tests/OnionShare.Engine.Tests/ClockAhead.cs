namespace OnionShare.Engine.Tests;

/// <summary>The system's clock, which goes before; its timers are real ones. Where a test says when time passes: <see cref="ManualTime"/>.</summary>
internal sealed class ClockAhead(TimeSpan by) : TimeProvider
{
    public TimeSpan By { get; set; } = by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + By;
}

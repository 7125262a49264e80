using System.Globalization;

namespace OnionShare.Engine.Tor.Control;

/// <summary>What a tor says of itself (control-spec 4.1.10), as far as anybody here minds.</summary>
internal abstract record StatusEvent
{
    /// <summary>Reads one; null for an event about something else, or that is not understood.</summary>
    public static StatusEvent? Of(ControlEvent happened) => (happened.Type, ControlText.Words(happened.Text).ElementAtOrDefault(1)) switch
    {
        ("STATUS_CLIENT", "BOOTSTRAP") when BootstrapPhase.Parse(happened.Text) is { } phase => new Bootstrapping(phase),
        ("STATUS_CLIENT", "CIRCUIT_ESTABLISHED") => new CircuitEstablished(),
        ("STATUS_GENERAL", "CLOCK_SKEW") when Seconds(happened.Text, "SKEW") is { } ahead => new ClockSkew(ahead),
        ("STATUS_GENERAL", "CLOCK_JUMPED") when Seconds(happened.Text, "TIME") is { } by => new ClockJumped(by),
        _ => null,
    };

    // No clock is three hundred years wrong, and a TimeSpan holds no more than thirty times that.
    private static TimeSpan? Seconds(string text, string key) =>
        long.TryParse(ControlText.Attribute(text, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, -10_000_000_000, 10_000_000_000))
            : null;

    internal sealed record Bootstrapping(BootstrapPhase Phase) : StatusEvent;

    internal sealed record CircuitEstablished : StatusEvent;

    /// <param name="Ahead">How far this computer's clock is ahead.</param>
    internal sealed record ClockSkew(TimeSpan Ahead) : StatusEvent;

    internal sealed record ClockJumped(TimeSpan By) : StatusEvent;
}

using System.Globalization;

namespace OnionShare.Engine.Tor.Control;

/// <summary>What a tor tells by itself (control-spec 4.1), as far as anybody here minds.</summary>
internal abstract record TorEvent
{
    /// <summary>Reads one; null for an event about something else, or that is not understood.</summary>
    public static TorEvent? Of(ControlEvent happened) => happened.Type switch
    {
        "STATUS_CLIENT" or "STATUS_GENERAL" => (happened.Type, ControlText.Words(happened.Text).ElementAtOrDefault(1)) switch
        {
            ("STATUS_CLIENT", "BOOTSTRAP") => BootstrapPhase.Parse(happened.Text),
            ("STATUS_CLIENT", "CIRCUIT_ESTABLISHED") => new CircuitEstablished(),
            ("STATUS_GENERAL", "CLOCK_SKEW") when Seconds(happened.Text, "SKEW") is { } ahead => new ClockSkew(ahead),
            ("STATUS_GENERAL", "CLOCK_JUMPED") when Seconds(happened.Text, "TIME") is { } by => new ClockJumped(by),
            _ => null,
        },
        "HS_DESC" when ControlText.Words(happened.Text) is [var action, var address, ..] =>
            new DescriptorMoved(
                action, address, ControlText.Words(happened.Text).ElementAtOrDefault(3) ?? "", ControlText.Attribute(happened.Text, "REASON")),
        _ => null,
    };

    // No clock is three hundred years wrong, and a TimeSpan holds no more than thirty times that.
    private static TimeSpan? Seconds(string text, string key) =>
        long.TryParse(ControlText.Attribute(text, key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, -10_000_000_000, 10_000_000_000))
            : null;

    internal sealed record CircuitEstablished : TorEvent;

    /// <param name="Ahead">How far this computer's clock is ahead.</param>
    internal sealed record ClockSkew(TimeSpan Ahead) : TorEvent;

    internal sealed record ClockJumped(TimeSpan By) : TorEvent;

    /// <summary>An onion's descriptor on its way to or from a directory (control-spec 4.1.25).</summary>
    /// <param name="Action">UPLOAD and then UPLOADED or FAILED; REQUESTED and then RECEIVED or FAILED, of other people's onions, too.</param>
    /// <param name="Address">The onion's address, without <c>.onion</c>.</param>
    /// <param name="Directory">The directory, as tor calls it; empty when it is not told.</param>
    /// <param name="Reason">Why it failed: UPLOAD_REJECTED, NOT_FOUND …; null when it did not.</param>
    internal sealed record DescriptorMoved(string Action, string Address, string Directory, string? Reason) : TorEvent;
}

/// <summary>How far tor is in connecting (control-spec 4.1.10, BOOTSTRAP).</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="Summary">What it does, in its words.</param>
/// <param name="Trouble">Why it does not get on; null when it does.</param>
internal sealed record BootstrapPhase(int Percent, string Summary, string? Trouble) : TorEvent
{
    /// <summary>Asks for the phase. Every tor answers it, and so do filters in front of one.</summary>
    public const string Question = "GETINFO status/bootstrap-phase";

    /// <summary>The name of the phase: <c>conn_pt</c>, <c>conn</c>, <c>handshake</c> …</summary>
    public string Tag { get; private init; } = "";

    /// <summary>The kind of trouble: CONNECTREFUSED, TIMEOUT, NOROUTE, CLOCK_SKEW …; null when there is none.</summary>
    public string? Reason { get; private init; }

    /// <summary>Where it happened, <c>IP:port</c>; null when it is not told.</summary>
    public string? Address { get; private init; }

    /// <summary>Reads the answer to <see cref="Question"/>; null when it does not tell.</summary>
    public static BootstrapPhase? Of(ControlReply reply) => Parse(reply.Value("status/bootstrap-phase") ?? "");

    /// <summary>Reads a phase as tor writes it; null when the text is about something else.</summary>
    public static BootstrapPhase? Parse(string text)
    {
        if (!ControlText.Words(text).Contains("BOOTSTRAP", StringComparer.Ordinal)
            || !int.TryParse(ControlText.Attribute(text, "PROGRESS"), NumberStyles.None, CultureInfo.InvariantCulture, out var percent))
        {
            return null;
        }

        var trouble = ControlText.Attribute(text, "WARNING");
        var relay = trouble is null ? null : ControlText.Attribute(text, "HOSTADDR");
        if (relay is not null)
            trouble += $" at {relay}";
        return new BootstrapPhase(
            Math.Clamp(percent, 0, 100),
            RemoteText.Show(ControlText.Attribute(text, "SUMMARY"), 200),
            trouble is null ? null : RemoteText.Show(trouble, 200))
        {
            Tag = RemoteText.Show(ControlText.Attribute(text, "TAG"), 40),
            Reason = trouble is null ? null : RemoteText.Show(ControlText.Attribute(text, "REASON"), 40),
            Address = relay is null or "?" ? null : RemoteText.Show(relay, 80),
        };
    }

    public override string ToString() => Trouble is null ? Summary : $"{Summary} (stalled: {Trouble})";
}

using System.Globalization;
using OnionShare.Contracts;

namespace OnionShare.Engine.Tor.Control;

/// <summary>How far tor is in connecting (control-spec 4.1.10, BOOTSTRAP).</summary>
/// <param name="Percent">0 to 100.</param>
/// <param name="Summary">What it does, in its words.</param>
/// <param name="Trouble">Why it does not get on; null when it does.</param>
internal sealed record BootstrapPhase(int Percent, string Summary, string? Trouble)
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

    /// <summary>What it does, and why it stalls.</summary>
    public override string ToString() => Trouble is null ? Summary : $"{Summary} (stalled: {Trouble})";
}

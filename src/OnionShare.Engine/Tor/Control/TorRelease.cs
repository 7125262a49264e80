namespace OnionShare.Engine.Tor.Control;

/// <summary>What is known of releases of tor, by the version tor tells: <c>0.4.9.11</c>, <c>0.4.9.0-alpha-dev (git-…)</c>.</summary>
internal static class TorRelease
{
    // The proof-of-work defence can divide by zero, which ends tor (TROVE-2026-020).
    private static readonly Version FirstDividing = new(0, 4, 9, 2), LastDividing = new(0, 4, 9, 8);

    // Fixed here: at a rendezvous somebody could pass for the other side.
    private static readonly Version Sound = new(0, 4, 9, 11);

    /// <summary>Its number alone; null when there is none.</summary>
    public static Version? Parse(string version) =>
        Version.TryParse(new string([.. version.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]), out var parsed) ? parsed : null;

    /// <summary>Whether it may be asked for the proof-of-work defence (proposal 327).</summary>
    public static bool IsProofOfWorkSafe(string version) => Parse(version) > LastDividing;

    /// <summary>What is wrong with it, though it works: a sentence for a person; null when nothing is known.</summary>
    public static string? Weakness(string version)
    {
        if (Parse(version) is not { } parsed || parsed >= Sound) return null;
        var dividing = parsed >= FirstDividing && parsed <= LastDividing
            ? "visitors can end it where the proof-of-work defence is on (TROVE-2026-020), so that defence is off, and "
            : "";
        return $"tor is version {RemoteText.Show(version, 60)}, older than {Sound}: {dividing}somebody can pass for the other side of a rendezvous.";
    }
}

using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Diagnosis;

/// <summary>Whether a version of tor is fit for onion services.</summary>
internal static class VersionCheck
{
    // Fixed since: a visitor could end a tor with an onion service (TROVE-2023-006, ChangeLog of 0.4.8.9).
    private static readonly Version FirstBroken = new(0, 4, 8, 1), Repaired = new(0, 4, 8, 9);

    // The first with a second layer of guards for onion services (proposal 333, ChangeLog of 0.4.7.1-alpha).
    private static readonly Version Guarded = new(0, 4, 7);

    private const string Update = "Update it (apt upgrade tor, Tor Browser's own update, brew upgrade tor).";

    /// <param name="text">The version as tor tells it: <c>0.4.9.11</c>, <c>0.4.9.0-alpha-dev (git-…)</c>.</param>
    /// <param name="opinion">
    /// What the directory authorities say of it (control-spec 3.9, status/version/current); null when that is not known, as before the first connection.
    /// </param>
    public static CheckOutcome Judge(string text, string? opinion)
    {
        var shown = $"tor is version {RemoteText.Show(text, 60)}";
        if (TorRelease.Parse(text) is not { } version)
            return CheckOutcome.Warning($"{shown}, which is not understood.", "Look whether this really is tor.");
        if (version < TorExecutable.Oldest)
            return CheckOutcome.Failed($"{shown}; {TorExecutable.Oldest} or newer is needed.", Update);
        if (version >= FirstBroken && version < Repaired)
            return CheckOutcome.Warning($"{shown}, in which a visitor can make tor end (TROVE-2023-006).", Update);
        if (version < Guarded)
            return CheckOutcome.Warning($"{shown}: before 0.4.7 whoever runs relays can find out sooner at which guard a service is.", Update);
        if (TorRelease.Weakness(text) is { } weakness)
        {
            var said = opinion is "obsolete" or "old" ? $" The directory authorities call it {opinion}."
                : opinion is "unrecommended" ? " The directory authorities do not recommend it." : "";
            return CheckOutcome.Warning(weakness + said, Update);
        }

        return opinion switch
        {
            "obsolete" or "old" => CheckOutcome.Warning($"{shown}, which the directory authorities call {opinion}.", Update),
            "unrecommended" => CheckOutcome.Warning($"{shown}, which the directory authorities do not recommend.", Update),
            _ => CheckOutcome.Passed($"{shown}{(opinion is "recommended" ? ", one of those the directory authorities recommend" : "")}."),
        };
    }
}

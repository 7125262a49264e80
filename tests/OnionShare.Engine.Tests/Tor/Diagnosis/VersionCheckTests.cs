using OnionShare.Contracts;
using OnionShare.Engine.Tor.Diagnosis;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Diagnosis;

/// <summary>What is said of tor's version.</summary>
public sealed class VersionCheckTests
{
    [Theory]
    [InlineData("0.4.9.11", null, TorCheckResult.Passed, "tor is version 0.4.9.11.")]
    [InlineData("0.4.9.11", "recommended", TorCheckResult.Passed, "tor is version 0.4.9.11, one of those the directory authorities recommend.")]
    [InlineData("0.4.9.11", "unknown", TorCheckResult.Passed, "tor is version 0.4.9.11.")]
    [InlineData("0.5.0.0-alpha-dev (git-1234)", "new", TorCheckResult.Passed, "tor is version 0.5.0.0-alpha-dev (git-1234).")]
    [InlineData("0.4.8.12", "obsolete", TorCheckResult.Warning, "tor is version 0.4.8.12, older than 0.4.9.11: somebody can pass for the other side of a rendezvous. The directory authorities call it obsolete.")]
    [InlineData("0.4.9.12", "obsolete", TorCheckResult.Warning, "tor is version 0.4.9.12, which the directory authorities call obsolete.")]
    [InlineData("0.4.9.1", "unrecommended", TorCheckResult.Warning, "tor is version 0.4.9.1, older than 0.4.9.11: somebody can pass for the other side of a rendezvous. The directory authorities do not recommend it.")]
    [InlineData("0.4.9.12", "unrecommended", TorCheckResult.Warning, "tor is version 0.4.9.12, which the directory authorities do not recommend.")]
    [InlineData("0.4.9.8", "recommended", TorCheckResult.Warning, "tor is version 0.4.9.8, older than 0.4.9.11: visitors can end it where the proof-of-work defence is on (TROVE-2026-020), so that defence is off, and somebody can pass for the other side of a rendezvous.")]
    [InlineData("0.4.9.10", null, TorCheckResult.Warning, "tor is version 0.4.9.10, older than 0.4.9.11: somebody can pass for the other side of a rendezvous.")]
    [InlineData("0.4.8.8", "recommended", TorCheckResult.Warning, "tor is version 0.4.8.8, in which a visitor can make tor end (TROVE-2023-006).")]
    [InlineData("0.4.8.9", null, TorCheckResult.Warning, "tor is version 0.4.8.9, older than 0.4.9.11: somebody can pass for the other side of a rendezvous.")]
    [InlineData("0.4.6.10", null, TorCheckResult.Warning, "tor is version 0.4.6.10: before 0.4.7 whoever runs relays can find out sooner at which guard a service is.")]
    [InlineData("0.3.4.9", null, TorCheckResult.Failed, "tor is version 0.3.4.9; 0.3.5.7 or newer is needed.")]
    [InlineData("banana\u001b", null, TorCheckResult.Warning, "tor is version banana\\u{1B}, which is not understood.")]
    public void A_version_is_judged_by_what_is_known_of_it_and_by_the_directory_authorities(string version, string? opinion, TorCheckResult result, string detail)
    {
        var finding = VersionCheck.Judge(version, opinion);
        Assert.Equal((result, detail), (finding.Result, finding.Detail));
        Assert.Equal(result == TorCheckResult.Passed, finding.Advice is null);
    }
}

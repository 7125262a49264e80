extern alias cmdlets;

using cmdlets::OnionShare.Cmdlets.Engine;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Tor;

/// <summary>What a progress bar says of tor.</summary>
public sealed class TorProgressTests
{
    [Theory]
    [InlineData(TorState.Off, 0, null, "Starting tor", 0)]
    [InlineData(TorState.Starting, 0, null, "Starting tor", 0)]
    [InlineData(TorState.Bootstrapping, 14, "Handshaking (stalled: no route at 192.0.2.1:443)", "Connecting to the Tor network: 14 % (Handshaking (stalled: no route at 192.0.2.1:443))", 14)]
    [InlineData(TorState.Bootstrapping, 5, null, "Connecting to the Tor network: 5 %", 5)]
    [InlineData(TorState.Connected, 100, "Done", "Connected to the Tor network", 100)]
    public void It_says_how_far_tor_is_and_why_no_further(TorState state, int percent, string? summary, string text, int shown) => Assert.Equal(
        new StartProgress(text, shown),
        StartProgress.Of(new TorStatus { State = state, BootstrapPercent = percent, BootstrapSummary = summary }));

    [Fact]
    public void It_says_why_tor_went_away() => Assert.Equal(
        "tor went away and is being brought back: The tor process \\u{1B} ended.",
        StartProgress.Of(new TorStatus { State = TorState.Lost, Error = new Problem("x", "The tor process \e ended.") }).Text);
}

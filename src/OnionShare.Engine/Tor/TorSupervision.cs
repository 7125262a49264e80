using OnionShare.Contracts;
using OnionShare.Engine.Tor.Onions;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor;

/// <summary>What outlives one way to a tor.</summary>
/// <param name="Board">Where it is told how tor stands.</param>
/// <param name="Gate">Where those wait who need tor.</param>
/// <param name="Onions">What is to be published.</param>
/// <param name="Times">When tor is asked whether it still answers.</param>
/// <param name="Connected">Told of settings that connected.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">The log.</param>
internal sealed record TorSupervision(
    TorStatusBoard Board, SessionGate Gate, OnionSet Onions, HeartbeatTimes Times, Action<TorSettings> Connected, TimeProvider Time, ILogger Logger);

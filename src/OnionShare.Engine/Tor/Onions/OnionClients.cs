using OnionShare.Contracts;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>Client authorization as the control port takes it (control-spec, ADD_ONION; rend-spec-v3, [CLIENT-AUTH]).</summary>
internal static class OnionClients
{
    /// <summary>Public keys in their one spelling.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.InvalidRequest"/>: one is none.</exception>
    public static IReadOnlyList<string>? Checked(IReadOnlyList<string>? clientKeys) => clientKeys is null
        ? null
        : [.. clientKeys.Select(key => ClientKey.ParsePublic(key) ?? throw new ProblemException(
            ProblemCodes.InvalidRequest, $"'{RemoteText.Show(key, 80)}' is no public client key.", "It must be 52 characters of base32."))];

    /// <summary>
    /// What ADD_ONION is asked for. tor takes no empty list, and an onion without one is open to all: so that nobody gets in, a key is named
    /// whose private half nobody has ever seen.
    /// </summary>
    public static string Arguments(IReadOnlyList<string>? clientKeys) => clientKeys switch
    {
        null => "",
        [] => " Flags=V3Auth ClientAuthV3=" + ClientKey.Generate().PublicKey,
        _ => " Flags=V3Auth" + string.Concat(clientKeys.Select(key => " ClientAuthV3=" + key)),
    };

    /// <summary>Closes every rendezvous circuit of an onion; false where a filter in front of tor does not tell of circuits.</summary>
    public static async Task<bool> CutAsync(TorSession session, string serviceId)
    {
        ControlReply status;
        try
        {
            status = await session.Control.SendAsync("GETINFO circuit-status", CancellationToken.None);
        }
        catch (ControlRefusedException)
        {
            return false;
        }

        foreach (var circuit in CircuitDrain.Rendezvous(status.Value("circuit-status"), serviceId))
        {
            try
            {
                await session.Control.SendAsync("CLOSECIRCUIT " + circuit, CancellationToken.None);
            }
            catch (ControlRefusedException)
            {
                // It was closed by itself in the meantime.
            }
        }

        return true;
    }
}

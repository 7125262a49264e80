using System.Net;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Keys;
using OnionShare.Engine.Tor.Processes;

namespace OnionShare.Engine.Tor.Onions;

/// <summary>An onion that lives in a tor's memory only (control-spec, ADD_ONION). It goes with its control connection.</summary>
internal sealed class EphemeralOnion(OnionRequest request, ILogger logger, Action<Onion> removed) : Onion(request, logger, removed)
{
    // What ADD_ONION is asked for, the best first; a tor that does not know an argument gets the next line. A visitor's tor may open
    // so many streams over one circuit: far more than any browser does, and no endless number.
    private static readonly string[] Arguments = [" PoWDefensesEnabled=1 MaxStreams=1024", " MaxStreams=1024", ""];

    protected override async Task<(string ServiceId, string Key)> AddToAsync(
        TorSession session, string? key, IPEndPoint target, IReadOnlyList<string>? clientKeys)
    {
        foreach (var arguments in session.OnionArguments is { } known ? [known] : TorRelease.IsProofOfWorkSafe(session.Version) ? Arguments : Arguments[1..])
        {
            try
            {
                var reply = await session.Control.SendAsync(
                    $"ADD_ONION {key ?? "NEW:ED25519-V3"}{arguments}{Clients(clientKeys)} Port=80,{target}", CancellationToken.None);
                var serviceId = reply.Value("ServiceID") ?? throw new ControlProtocolException("tor did not tell the onion's address.");
                session.OnionArguments = arguments;
                return (serviceId, reply.Value("PrivateKey") ?? key ?? throw new ControlProtocolException("tor did not tell the onion's key."));
            }
            catch (ControlRefusedException e) when (e.Code is 510 or 512 or 513 && arguments != "" && session.OnionArguments is null)
            {
                Logger.LogDebug("This tor does not take{Arguments}: {Reason}", arguments, e.Reason);
            }
            catch (ControlRefusedException e)
            {
                throw Refused(e, e.Code switch
                {
                    // 510 is what a filter in front of the control port answers; tor itself only says it of a command it does not know.
                    510 when session.ProcessId is null => "Allow ADD_ONION with a key and a port, and DEL_ONION, in the control port filter (onion-grater): see docs/remote-tor.md.",
                    550 => "Its address may be published by another service: stop that one first.",
                    _ => "Update tor.",
                });
            }
        }

        throw new InvalidOperationException("The last attempt tells its result.");
    }

    protected override async Task RemoveFromAsync(TorSession session, string serviceId)
    {
        // One that does not answer removes it when it goes on, or loses it with its connection: nobody who stops a service waits for that.
        var removing = RemoveAsync(session.Control, serviceId);
        if (await Task.WhenAny(removing, session.Silent) == removing)
            await removing;
    }

    private async Task RemoveAsync(ControlConnection control, string serviceId)
    {
        try
        {
            await control.SendAsync("DEL_ONION " + serviceId, Timeout.InfiniteTimeSpan, CancellationToken.None);
        }
        catch (ControlRefusedException e)
        {
            Logger.LogDebug("tor did not have the onion any more: {Reason}", e.Reason);
        }
    }

    // Client authorization (rend-spec-v3, [CLIENT-AUTH]). tor takes no empty list, and an onion without one is open to all: so that nobody gets in, a
    // key is named whose private half nobody has ever seen.
    private static string Clients(IReadOnlyList<string>? keys) => keys switch
    {
        null => "",
        [] => " Flags=V3Auth ClientAuthV3=" + ClientKey.Generate().PublicKey,
        _ => " Flags=V3Auth" + string.Concat(keys.Select(key => " ClientAuthV3=" + key)),
    };
}

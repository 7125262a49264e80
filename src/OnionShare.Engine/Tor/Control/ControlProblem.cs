using System.Net.Sockets;
using OnionShare.Engine.Storage;

namespace OnionShare.Engine.Tor.Control;

internal sealed record ControlFailure(ControlEndpoint Endpoint, Exception Cause)
{
    /// <summary>Whether something is there, which failed in its own way: that is worth more to tell than that nothing is elsewhere.</summary>
    public bool HasAnswered => Cause is not TimeoutException
        && (Cause is not SocketException { SocketErrorCode: var error } || (error == SocketError.AccessDenied && Endpoint.Path is not null));
}

/// <summary>Says of a tor that runs by itself why it can't be used, and what to do.</summary>
internal static class ControlProblem
{
    /// <summary>The problem to tell, when every endpoint has failed.</summary>
    public static async Task<ProblemException> OfAsync(TorConnectionType way, IReadOnlyList<ControlFailure> failures)
    {
        var told = failures.FirstOrDefault(failure => failure.HasAnswered) ?? failures.FirstOrDefault(failure => failure.Cause is TimeoutException);
        if (told is null)
            return NothingListens(way, failures);
        var at = told.Endpoint.ToString();
        return told.Cause switch
        {
            ProblemException known => known,
            SocketException => Told($"The socket {at} may not be used by this user.", await GroupAdvice.ToReadAsync(told.Endpoint.Path!), at, told.Cause),
            ControlAuthenticationException refused => await RefusedAsync(refused, at),
            TimeoutException => Told(
                $"{told.Cause.Message}", "Look whether a firewall is in between, and whether the tor there was stopped. Or it is no tor's control port.", at, told.Cause),
            _ => Told(
                $"What listens at {at} is no tor's control port: {RemoteText.Show(told.Cause.Message)}",
                "Give the address of ControlPort or ControlSocket in tor's torrc; SocksPort is another.", at, told.Cause),
        };
    }

    private static async Task<ProblemException> RefusedAsync(ControlAuthenticationException refused, string at)
    {
        var file = RemoteText.Show(refused.CookieFile, 400);
        var (detail, advice) = refused.Refusal switch
        {
            ControlRefusal.CookieUnreadable when refused.InnerException is UnauthorizedAccessException =>
                ($"The cookie of the tor at {at} may not be read by this user: {file}.", await GroupAdvice.ToReadAsync(refused.CookieFile!)),
            ControlRefusal.CookieUnreadable =>
                ($"The cookie of the tor at {at} can't be read: {file}{(refused.InnerException is null ? " (" + refused.Message + ")" : "")}.",
                    "Where that tor runs in a container or on another host, say where its cookie can be read here, or set a control password (Set-OnionTor)."),
            ControlRefusal.CookieWrong =>
                ($"The tor at {at} did not take the cookie in {file}.", "It is another tor's, or an old one: look where the cookie of this tor is, and set that."),
            ControlRefusal.PasswordNeeded =>
                ($"The tor at {at} asks for a password.", "Set the control password (Set-OnionTor), the one HashedControlPassword in its torrc was made of."),
            ControlRefusal.PasswordWrong =>
                ($"The tor at {at} did not take the control password.", "Set the one HashedControlPassword in its torrc was made of (Set-OnionTor)."),
            ControlRefusal.Impostor =>
                ($"What answers at {at} does not know the cookie in {file}: it is not that tor.",
                    "Look what listens there. If it is a tor in a container or on another host, say where its cookie can be read here."),
            _ => ($"The tor at {at} does not let anybody in by a way that is known: {refused.Message}", "Set CookieAuthentication 1 in its torrc, or a HashedControlPassword."),
        };
        return Told(detail, advice, at, refused);
    }

    private static ProblemException NothingListens(TorConnectionType way, IReadOnlyList<ControlFailure> failures)
    {
        var at = string.Join(", ", failures.Select(failure => failure.Endpoint));
        var name = failures is [{ Cause: SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } }];
        return way switch
        {
            TorConnectionType.System => Told(
                $"No tor listens for controllers at {at}.",
                "Start the system's tor, with ControlPort 9051 and CookieAuthentication 1 in its torrc. Or let the engine run a tor itself (Set-OnionTor).", at),
            TorConnectionType.TorBrowser => Told(
                $"No Tor Browser listens for controllers at {at}.", "Start Tor Browser, connect it to Tor, and leave it open. Or let the engine run a tor itself (Set-OnionTor).", at),
            _ when name => Told($"There is no host called {failures[0].Endpoint.Host}.", "Check the name, or give the IP address.", at, failures[0].Cause),
            _ => Told(
                $"Nothing listens at {at}{(failures.Count == 1 ? $": {failures[0].Cause.Message}" : "")}.",
                "Check the address, and that tor runs there with this ControlPort or ControlSocket in its torrc.", at, failures[0].Cause),
        };
    }

    private static ProblemException Told(string detail, string advice, string? target, Exception? cause = null) =>
        new(ProblemCodes.TorControl, detail, advice, target, cause: cause);
}

using OnionShare.Engine.Files;
using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Modes.Receive;
using OnionShare.Engine.Modes.Share;
using OnionShare.Engine.Modes.Website;
using OnionShare.Engine.Services;

namespace OnionShare.Engine.Modes;

public static class ServiceModes
{
    /// <param name="request">What was asked for.</param>
    /// <param name="socks">Tells the SOCKS endpoint of the tor that runs, for what a mode sends out; null while there is none.</param>
    /// <param name="hashes">The hashes of files shared before.</param>
    public static IServiceMode Create(ServiceRequest request, Func<string?> socks, ContentHashes? hashes = null) => request switch
    {
        ShareRequest share => new ShareMode(share, hashes),
        ReceiveRequest receive => new ReceiveMode(receive, socks),
        ChatRequest => new ChatMode(),
        WebsiteRequest website => new WebsiteMode(website, hashes),
        _ => throw new ProblemException(
            ProblemCodes.InvalidRequest, $"This engine knows no mode for {request.GetType().Name}.", "Use an engine of the module's version."),
    };
}

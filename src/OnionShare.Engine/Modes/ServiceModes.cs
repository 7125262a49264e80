using OnionShare.Contracts;
using OnionShare.Engine.Modes.Chat;
using OnionShare.Engine.Modes.Receive;
using OnionShare.Engine.Modes.Share;
using OnionShare.Engine.Modes.Website;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor;

namespace OnionShare.Engine.Modes;

public static class ServiceModes
{
    /// <summary>Makes the mode a request asks for; tor is there for what a mode sends out.</summary>
    public static IServiceMode Create(ServiceRequest request, ITor tor) => request switch
    {
        ShareRequest share => new ShareMode(share),
        ReceiveRequest receive => new ReceiveMode(receive, tor),
        ChatRequest => new ChatMode(),
        WebsiteRequest website => new WebsiteMode(website),
        _ => throw new ProblemException(
            ProblemCodes.InvalidRequest, $"This engine knows no mode for {request.GetType().Name}.", "Use an engine of the module's version."),
    };
}

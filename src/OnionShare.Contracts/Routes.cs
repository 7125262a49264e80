namespace OnionShare.Contracts;

/// <summary>The paths of the engine's control API.</summary>
public static class Routes
{
    /// <summary><c>GET</c>: the engine's status. <c>DELETE</c>: stop the engine and all its services.</summary>
    public const string Engine = "/v1/engine";

    /// <summary><c>POST</c>: start a service. <c>GET</c>: all services, ended ones of this engine's life included.</summary>
    public const string Services = "/v1/services";

    /// <summary><c>GET</c>: server-sent events; <c>?service=ID</c> narrows them to one service (tor's are always sent).</summary>
    public const string Events = "/v1/events";

    /// <summary>
    /// <c>GET</c>: the saved services (<see cref="SavedService"/>). <c>POST</c> an <see cref="ImportRequest"/>: save one from a file; answers with it.
    /// </summary>
    public const string Saved = "/v1/saved";

    /// <summary><c>GET</c>: how tor stands (<see cref="TorStatus"/>). Brings nothing up.</summary>
    public const string Tor = "/v1/tor";

    /// <summary>
    /// <c>GET</c>: the <see cref="TorSettings"/>, without secrets. <c>PATCH</c> some of its properties (RFC 7396): they are checked and saved, and used
    /// when tor is next connected; answers with the settings.
    /// </summary>
    public const string TorSettings = Tor + "/settings";

    /// <summary>
    /// <c>POST</c>: connect with the saved settings, and wait until tor is connected; answers with its <see cref="TorStatus"/>. When they do not connect, the
    /// last settings that did are taken back and connected with, and the problem says so (<see cref="ProblemCodes.TorFellBack"/>).
    /// </summary>
    public const string TorConnect = Tor + "/connect";

    /// <summary>
    /// <c>POST</c>: let tor go until it is next needed. While services need it: 409 (<see cref="ProblemCodes.TorInUse"/>), with <c>?force=true</c> they are
    /// Disconnected until it is connected again. Answers with its <see cref="TorStatus"/>.
    /// </summary>
    public const string TorDisconnect = Tor + "/disconnect";

    /// <summary><c>POST</c>: diagnose tor; server-sent events, a <see cref="TorCheck"/> each.</summary>
    public const string TorTest = Tor + "/test";

    /// <summary><c>POST</c> a <see cref="TorInstallRequest"/>: fetch, check and keep a tor program; answers with a <see cref="TorInstallation"/>.</summary>
    public const string TorInstall = Tor + "/install";

    /// <summary><c>POST</c> a <see cref="BridgeRequest"/>: ask the Tor Project for bridges; answers with a list of <see cref="BridgeOffer"/>.</summary>
    public const string TorBridges = Tor + "/bridges";

    /// <summary>
    /// <c>GET</c>: one service. <c>DELETE</c>: stop it; <c>?force=true</c> cuts transfers under way. <c>PATCH</c> a <see cref="ServiceChange"/>:
    /// change it while it runs; answers with its status.
    /// </summary>
    public static string Service(string id) => $"{Services}/{Uri.EscapeDataString(id)}";

    /// <summary><c>GET</c>: the transfers of a service, oldest first.</summary>
    public static string Transfers(string id) => $"{Service(id)}/transfers";

    /// <summary><c>GET</c>: the service's URL as a QR code, in lines of text made of half blocks.</summary>
    public static string QrCode(string id) => $"{Service(id)}/qr";

    /// <summary><c>POST</c>: save a service that has not ended, or save it again; answers with a <see cref="SavedService"/>.</summary>
    public static string Save(string id) => $"{Service(id)}/save";

    /// <summary><c>POST</c> a <see cref="GrantRequest"/>: answers with a <see cref="ClientAccess"/>.</summary>
    public static string Clients(string id) => $"{Service(id)}/clients";

    /// <summary><c>DELETE</c>: revoke a client key; visitors under way are cut. Answers with the service's status.</summary>
    public static string Client(string id, string client) => $"{Clients(id)}/{Uri.EscapeDataString(client)}";

    /// <summary><c>GET</c>: one saved service. <c>DELETE</c>: forget it; its address is lost when it does not run. A service that runs goes on.</summary>
    public static string OneSaved(string name) => $"{Saved}/{Uri.EscapeDataString(name)}";

    /// <summary><c>POST</c> a <see cref="RestoreRequest"/>: start a saved service (202); answers with a <see cref="ServiceStatus"/>.</summary>
    public static string Restore(string name) => $"{OneSaved(name)}/restore";

    /// <summary><c>POST</c> an <see cref="ExportRequest"/>: write a saved service to a file; answers with a <see cref="SavedService"/>.</summary>
    public static string Export(string name) => $"{OneSaved(name)}/export";

    /// <summary><c>POST</c> a <see cref="GrantRequest"/>, as <see cref="Clients"/> does, for a saved service that need not run.</summary>
    public static string SavedClients(string name) => $"{OneSaved(name)}/clients";

    /// <summary><c>DELETE</c>: revoke a client key of a saved service that need not run. Answers with a <see cref="SavedService"/>.</summary>
    public static string SavedClient(string name, string client) => $"{SavedClients(name)}/{Uri.EscapeDataString(client)}";
}

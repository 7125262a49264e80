namespace OnionShare.Contracts;

public static class Routes
{
    /// <summary><c>GET</c>: the engine's status. <c>DELETE</c>: stop the engine and all its services.</summary>
    public const string Engine = "/v1/engine";

    /// <summary><c>POST</c>: start a service. <c>GET</c>: all services, ended ones of this engine's life included.</summary>
    public const string Services = "/v1/services";

    /// <summary>
    /// <c>GET</c>: server-sent events (<see cref="EngineEvent"/>). First how tor and the services stand, then <see cref="SnapshotTold"/>, then what happens; so
    /// again after events were lost. <c>?service=ID</c> narrows them to one service (tor's are always sent); with <c>transfers=true</c> the transfers of
    /// each service are part of how it stands.
    /// </summary>
    public const string Events = "/v1/events";

    /// <summary><c>POST</c> a <see cref="QrRequest"/>: a text as a QR code; answers with a <see cref="QrDrawing"/>.</summary>
    public const string QrCode = "/v1/qr";

    /// <summary><c>GET</c>: the last lines of the engine's log (<see cref="LogRecord"/>), oldest first.</summary>
    public const string Log = "/v1/log";

    /// <summary>
    /// <c>GET</c>: the transfers that were kept on the disk (<see cref="ServiceRequest.KeepHistory"/>), oldest first. <c>DELETE</c>: forget them, and
    /// what has ended of the engine's memory.
    /// </summary>
    public const string History = "/v1/history";

    /// <summary>
    /// <c>GET</c>: the saved services (<see cref="SavedService"/>). <c>POST</c> an <see cref="ImportRequest"/>: save one from a file; answers with it.
    /// </summary>
    public const string Saved = "/v1/saved";

    /// <summary>
    /// <c>POST</c> a <see cref="RecordRequest"/>: what a record that was handed out says, as a <see cref="SavedService"/>; nothing is kept of it.
    /// </summary>
    public const string Records = "/v1/records";

    /// <summary><c>POST</c> a <see cref="RestoreRecordRequest"/>: start the service of a record (202); answers with a <see cref="ServiceStatus"/>.</summary>
    public const string RestoreRecord = Records + "/restore";

    /// <summary><c>POST</c> a <see cref="GrantRecordRequest"/>: answers with a <see cref="GrantedRecord"/>, the record to keep from now on.</summary>
    public const string GrantRecord = Records + "/grant";

    /// <summary><c>POST</c> a <see cref="RevokeRecordRequest"/>: answers with the <see cref="ServiceRecord"/> to keep from now on.</summary>
    public const string RevokeRecord = Records + "/revoke";

    /// <summary><c>POST</c> an <see cref="ExportRecordRequest"/>: write a record to a file; answers with a <see cref="SavedService"/>.</summary>
    public const string ExportRecord = Records + "/export";

    /// <summary><c>POST</c> an <see cref="ImportRequest"/>: read a service from a file; answers with its <see cref="ServiceRecord"/>, and saves nothing.</summary>
    public const string ImportRecord = Records + "/import";

    /// <summary><c>POST</c> a <see cref="RemoteListRequest"/>: answers with a <see cref="RemoteListing"/>.</summary>
    public const string RemoteList = "/v1/remote/list";

    /// <summary><c>POST</c> a <see cref="FetchRequest"/>: server-sent <see cref="ClientEvent"/>s until it is over. Who stops reading ends it.</summary>
    public const string RemoteFetch = "/v1/remote/fetch";

    /// <summary><c>POST</c> a <see cref="SendRequest"/>: server-sent <see cref="ClientEvent"/>s until it is over. Who stops reading ends it.</summary>
    public const string RemoteSend = "/v1/remote/send";

    /// <summary><c>POST</c> a <see cref="ChatVisitRequest"/>: server-sent <see cref="ChatEvent"/>s. Who stops reading leaves the room.</summary>
    public const string RemoteChat = "/v1/remote/chat";

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
    public const string ServiceRoute = Services + "/{id}";

    /// <summary><c>GET</c>: the transfers of a service, oldest first.</summary>
    public const string TransfersRoute = ServiceRoute + "/transfers";

    /// <summary>
    /// <c>POST</c> a <see cref="ServiceTestRequest"/>: visit a service as a visitor would; server-sent events, a <see cref="TorCheck"/> each. Who stops
    /// reading ends it.
    /// </summary>
    public const string ServiceTestRoute = ServiceRoute + "/test";

    /// <summary><c>POST</c>: save a service that has not ended, or save it again; answers with a <see cref="SavedService"/>.</summary>
    public const string SaveRoute = ServiceRoute + "/save";

    /// <summary>
    /// <c>POST</c>: hand out what would be saved of a service that has not ended, as a <see cref="ServiceRecord"/>. Saves nothing.
    /// </summary>
    public const string RecordRoute = ServiceRoute + "/record";

    /// <summary><c>POST</c> an <see cref="UpdateRecordRequest"/>: the <see cref="ServiceRecord"/> with what was changed of the service since.</summary>
    public const string UpdateRecordRoute = RecordRoute + "/update";

    /// <summary>
    /// <c>PUT</c> a <see cref="VaultRequest"/>: a vault keeps the service from now on, and the engine forgets what it has on the disk; answers with its
    /// status. <c>DELETE</c>: no vault keeps it any more.
    /// </summary>
    public const string VaultRoute = ServiceRoute + "/vault";

    /// <summary><c>POST</c> a <see cref="GrantRequest"/>: answers with a <see cref="ClientAccess"/>.</summary>
    public const string ClientsRoute = ServiceRoute + "/clients";

    /// <summary><c>DELETE</c>: revoke a client key; visitors under way are cut. Answers with the service's status.</summary>
    public const string ClientRoute = ClientsRoute + "/{client}";

    /// <summary>
    /// <c>GET</c>: one saved service. <c>DELETE</c>: forget it; its address is lost when it does not run. A service that runs goes on. <c>PATCH</c> a
    /// <see cref="ServiceChange"/>: change what is saved, and the service that runs from it, if one does; answers with a <see cref="SavedService"/>.
    /// </summary>
    public const string OneSavedRoute = Saved + "/{name}";

    /// <summary>
    /// <c>POST</c> a <see cref="RestoreRequest"/>: start a saved service (202), or find that it runs already (200); answers with a <see cref="ServiceStatus"/>.
    /// </summary>
    public const string RestoreRoute = OneSavedRoute + "/restore";

    /// <summary><c>POST</c> an <see cref="ExportRequest"/>: write a saved service to a file; answers with a <see cref="SavedService"/>.</summary>
    public const string ExportRoute = OneSavedRoute + "/export";

    /// <summary><c>POST</c> a <see cref="GrantRequest"/>, as <see cref="Clients"/> does, for a saved service that need not run.</summary>
    public const string SavedClientsRoute = OneSavedRoute + "/clients";

    /// <summary><c>DELETE</c>: revoke a client key of a saved service that need not run. Answers with a <see cref="SavedService"/>.</summary>
    public const string SavedClientRoute = SavedClientsRoute + "/{client}";

    /// <summary><c>POST</c> a <see cref="SayRequest"/>: answers 204 when the room has it.</summary>
    public const string SayRoute = RemoteChat + "/{room}/say";

    /// <summary><c>POST</c> a <see cref="RenameRequest"/>: answers 204 when the room has it.</summary>
    public const string RenameInRoomRoute = RemoteChat + "/{room}/name";

    // The paths of these routes, with names in them.
    public static string Service(string id) => Path(ServiceRoute, id);
    public static string Transfers(string id) => Path(TransfersRoute, id);
    public static string ServiceTest(string id) => Path(ServiceTestRoute, id);
    public static string Save(string id) => Path(SaveRoute, id);
    public static string Record(string id) => Path(RecordRoute, id);
    public static string UpdateRecord(string id) => Path(UpdateRecordRoute, id);
    public static string Vault(string id) => Path(VaultRoute, id);
    public static string Clients(string id) => Path(ClientsRoute, id);
    public static string Client(string id, string client) => Path(ClientRoute, id, client);
    public static string OneSaved(string name) => Path(OneSavedRoute, name);
    public static string Restore(string name) => Path(RestoreRoute, name);
    public static string Export(string name) => Path(ExportRoute, name);
    public static string SavedClients(string name) => Path(SavedClientsRoute, name);
    public static string SavedClient(string name, string client) => Path(SavedClientRoute, name, client);
    public static string Say(string room) => Path(SayRoute, room);
    public static string RenameInRoom(string room) => Path(RenameInRoomRoute, room);

    /// <summary>
    /// Whether a name is a segment that no path keeps (RFC 3986 §5.2.4), encoded or not: nothing may be called so, since nobody could ask for it.
    /// </summary>
    public static bool IsDots(string name) => name is "." or "..";

    // Each {part} of a route in its turn.
    private static string Path(string route, params string[] names)
    {
        var parts = route.Split('/');
        for (int part = 0, name = 0; part < parts.Length; part++)
            if (parts[part].StartsWith('{')) parts[part] = Uri.EscapeDataString(names[name++]);
        return string.Join('/', parts);
    }
}

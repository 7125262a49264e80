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

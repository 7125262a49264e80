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

    /// <summary><c>GET</c>: one service. <c>DELETE</c>: stop it; <c>?force=true</c> cuts transfers under way.</summary>
    public static string Service(string id) => $"{Services}/{Uri.EscapeDataString(id)}";

    /// <summary><c>GET</c>: the transfers of a service, oldest first.</summary>
    public static string Transfers(string id) => $"{Service(id)}/transfers";

    /// <summary><c>GET</c>: the service's URL as a QR code, in lines of text made of half blocks.</summary>
    public static string QrCode(string id) => $"{Service(id)}/qr";
}

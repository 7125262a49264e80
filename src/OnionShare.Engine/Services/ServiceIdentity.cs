using OnionShare.Engine.Tor.Keys;

namespace OnionShare.Engine.Services;

/// <summary>What makes a service the one it was before: what a request can't say.</summary>
/// <param name="Key">The key of its address, which the service takes over; null for a new one.</param>
/// <param name="Clients">The visitors who may reach it, when it asks for client keys.</param>
/// <param name="Keeper">Who keeps it, if it is saved.</param>
/// <param name="Vault">The vault that keeps it instead.</param>
public sealed record ServiceIdentity(OnionKey? Key, IReadOnlyList<KnownClient> Clients, IServiceKeeper? Keeper, string? Vault = null)
{
    /// <summary>How far its visitors were (<see cref="ServiceContext.Progress"/>).</summary>
    public string? Progress { get; init; }

    /// <summary>A service that was not there before.</summary>
    public static ServiceIdentity New { get; } = new(null, [], null);

    /// <summary>The Onionbalance front whose backend a request asks to be, in its one spelling; null for none.</summary>
    internal static string? FrontOf(ServiceRequest request) => OnionAddress.Parse((request as WebsiteRequest)?.OnionBalance);

    /// <summary>How it stands before anything was done for it.</summary>
    internal ServiceStatus Describe(ServiceRequest request, ServiceContext context, IServiceMode mode, DateTimeOffset now) => new()
    {
        Id = context.Id,
        Name = context.Name,
        Mode = request.Mode,
        State = request.StartAt > now ? ServiceState.Scheduled : ServiceState.Connecting,
        OnionBalance = FrontOf(request),
        Title = context.Title,
        Language = context.Language,
        Password = context.Password,
        Saved = Keeper is not null,
        Vault = Vault,
        RequireClientKey = request.RequireClientKey,
        KeepsHistory = request.KeepHistory,
        Clients = [.. Clients.Select(client => client.Name)],
        LocalOnly = request.LocalOnly,
        Detached = request.Owner is null,
        OwnerProcessId = request.Owner?.ProcessId,
        StartedBy = request.StartedBy ?? request.Owner,
        Paths = mode.Paths,
        MostDownloads = mode.MostDownloads,
        CreatedAt = now,
        StartsAt = request.StartAt,
        StopsAt = request.StopAt,
    };
}

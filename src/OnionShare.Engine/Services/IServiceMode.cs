using System.Net;

namespace OnionShare.Engine.Services;

/// <summary>What a service does for its visitors: its routes and pages.</summary>
public interface IServiceMode : IAsyncDisposable
{
    /// <summary>The Content-Security-Policy (CSP Level 3) of a service that has none of its own.</summary>
    const string StrictPolicy = "default-src 'self'; frame-ancestors 'none'; form-action 'self'; base-uri 'self'; img-src 'self' data:";

    /// <summary>The title of its pages when the operator gave none.</summary>
    string DefaultTitle { get; }

    IReadOnlyList<string> Paths { get; }

    /// <summary>What is offered, counted at the start: files, and their size in bytes; null where it is not counted.</summary>
    (int Files, long Bytes)? Content => null;

    /// <summary>The complete downloads after which the service stops by itself; null for no limit.</summary>
    int? MostDownloads => null;

    int? Members => null;

    /// <summary>Whether visitors are being told of the end, which has to leave tor before the service goes.</summary>
    bool HasLastWords => false;

    /// <summary>The largest request body a visitor may send, in bytes; null for no limit of the server's own.</summary>
    long? MaxRequestBodySize => 0;

    /// <summary>The Content-Security-Policy of its pages; null for none.</summary>
    string? ContentSecurityPolicy => StrictPolicy;

    /// <summary>Checks what was asked for against the disk, before anything is published.</summary>
    /// <exception cref="ProblemException">It can't be done; says what to do.</exception>
    Task PrepareAsync(ServiceContext context, CancellationToken cancellationToken);

    /// <summary>Its settings as they are to be kept, with what must be the same when it is started again.</summary>
    ServiceRequest Kept(ServiceRequest settings) => settings;

    /// <summary>Looks through other files to offer while it runs; what it gives takes them. Until that is called nothing is changed.</summary>
    /// <param name="settings">The service's settings, with the files.</param>
    /// <param name="cut">Whether downloads of what was offered before are cut; else they go on to their end.</param>
    /// <param name="context">The service.</param>
    /// <param name="cancellationToken">Ends the looking.</param>
    /// <exception cref="ProblemException">It can't be done; says what to do.</exception>
    Task<Action> PrepareOfferAsync(ServiceRequest settings, bool cut, ServiceContext context, CancellationToken cancellationToken) => throw new ProblemException(
        ProblemCodes.InvalidRequest, $"'{context.Name}' shares no files.", "Only a share with -KeepSharing takes others while it runs.", context.Name);

    /// <summary>Settings that were changed while it runs hold from now on; they have been checked.</summary>
    void Take(ServiceRequest settings)
    {
    }

    /// <summary>Adds its routes. Every request that reaches them has passed the Host check and the password gate.</summary>
    void MapRoutes(IEndpointRouteBuilder routes, ServiceContext context);

    /// <summary>What answers requests that no route takes; null for 404. It stands behind the Host check and the password gate, too.</summary>
    RequestDelegate? Fallback(ServiceContext context) => null;
}

public delegate IServiceMode ModeFactory(ServiceRequest request);

public interface IServiceServer : IAsyncDisposable
{
    /// <summary>The port it listens on: on 127.0.0.1, unless it was told another address.</summary>
    int Port { get; }

    /// <summary>Listens at that address and at no other from now on, at the same port if it is free. Visits under way go on.</summary>
    /// <returns>Where it listens.</returns>
    /// <exception cref="ProblemException"><see cref="ProblemCodes.NoPort"/>; it listens where it did.</exception>
    Task<IPEndPoint> ListenAtAsync(IPAddress address, CancellationToken cancellationToken);

    /// <summary>Sets the hosts that visitors may name: its own, and that of the front it is a backend of.</summary>
    void Serve(params IEnumerable<string> hosts);

    /// <summary>Sets another guess limit and, if it is given, another password. Answers under way go on.</summary>
    /// <exception cref="ProblemException">The password can't be used; nothing was changed.</exception>
    void Guard(string? password, int guessLimit);

    /// <summary>
    /// Listens no more and lets answers under way leave, down to the last byte in the server's buffers; cancellation cuts them.
    /// </summary>
    Task FlushAsync(CancellationToken cancellationToken);

    void Abort();
}

public delegate Task<IServiceServer> ServerFactory(ServiceContext context, IServiceMode mode, CancellationToken cancellationToken);

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using OnionShare.Engine.Clients.Chatting;
using OnionShare.Engine.Clients.Fetching;
using OnionShare.Engine.Clients.Sending;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor;

namespace OnionShare.Engine.Clients;

/// <summary>What an engine does at somebody else's service for one of its user's sessions. It lasts as long as somebody listens.</summary>
internal sealed class RemoteServices(TorHost tor, TimeProvider time)
{
    private const int Backlog = 1024;
    private const int MostConnections = 16;

    private readonly ConcurrentDictionary<string, ChatVisit> _rooms = new(StringComparer.Ordinal);

    public async Task<RemoteListing> ListAsync(RemoteListRequest request, CancellationToken cancellationToken)
    {
        using var visit = new Visit(request, tor);
        try
        {
            await visit.ReadyAsync(cancellationToken);
            return (await Catalog.ReadAsync(visit, time, Catalog.Patience, cancellationToken)).ToListing();
        }
        catch (HttpRequestException broken) when (broken.InnerException is ProblemException problem)
        {
            throw new ProblemException(problem.Problem);
        }
    }

    /// <summary>Fetches files; what can't be done is the last event.</summary>
    public IAsyncEnumerable<ClientEvent> FetchAsync(FetchRequest request, CancellationToken cancellationToken)
    {
        Check(request.Connections, request.Patience);
        if (request.MaxSize < 0) throw Invalid("Less than no bytes can't be taken.", "Give -MaxSize in bytes, or leave it out.");
        if (!Enum.IsDefined(request.Existing)) throw Invalid("It is not said what is to become of files that are there.");
        if (!Path.IsPathFullyQualified(request.Path)) throw Invalid($"'{RemoteText.Show(request.Path)}' is not an absolute path.");
        var visit = new Visit(request, tor);
        return TransferAsync(visit, (tell, cancellation) => new Fetcher(visit, request, time, tell).RunAsync(cancellation), cancellationToken);
    }

    /// <summary>Sends files and a message; what can't be done is the last event.</summary>
    public IAsyncEnumerable<ClientEvent> SendAsync(SendRequest request, CancellationToken cancellationToken)
    {
        Check(request.Connections, request.Patience);
        if (request.Name is { } name && string.IsNullOrWhiteSpace(name)) throw Invalid("The name to send the file under is empty.", "Give one with -Name, or leave it out.");
        if (request.Paths.FirstOrDefault(path => !Path.IsPathFullyQualified(path)) is { } relative) throw Invalid($"'{RemoteText.Show(relative)}' is not an absolute path.");
        var visit = new Visit(request, tor);
        return TransferAsync(visit, (tell, cancellation) => new Sender(visit, request, time, tell).RunAsync(cancellation), cancellationToken);
    }

    /// <exception cref="ProblemException">It can't be visited now, or the client key is none.</exception>
    public ServiceTest Test(Service service, string? clientKey) => new(service, clientKey, tor, time);

    /// <summary>Is in a room; what can't be done is the last event.</summary>
    public IAsyncEnumerable<ChatEvent> ChatAsync(ChatVisitRequest request, CancellationToken cancellationToken)
    {
        var visit = new Visit(request, tor);
        var chat = new ChatVisit(visit, request.Name, time);
        var events = Channel.CreateBounded<ChatEvent>(new BoundedChannelOptions(Backlog) { SingleReader = true });
        return StreamAsync(visit, events, StayAsync, problem => new ChatEvent { Type = ChatEventType.Failed, Time = time.GetUtcNow(), Problem = problem }, cancellationToken);

        async Task StayAsync(CancellationToken cancellation)
        {
            _rooms[chat.Id] = chat;
            try
            {
                await chat.RunAsync(one => events.Writer.WriteAsync(one, cancellation), cancellation);
            }
            finally
            {
                _rooms.TryRemove(chat.Id, out _);
            }
        }
    }

    public ChatVisit Room(string id) => _rooms.GetValueOrDefault(id)
        ?? throw new ProblemException(new Problem(ProblemCodes.RemoteUnreachable, "You are not in that room any more.", "Enter it again.") { Status = 404 });

    private static IAsyncEnumerable<ClientEvent> TransferAsync(Visit visit, Func<Action<ClientEvent>, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        // Of progress only the latest counts; nothing else may be lost.
        var events = Channel.CreateUnbounded<ClientEvent>();
        return StreamAsync(visit, events, RunAsync, problem => new ClientFailed(problem), cancellationToken);

        async Task RunAsync(CancellationToken cancellation)
        {
            await work(Tell, cancellation);
            Tell(new ClientDone());
        }

        void Tell(ClientEvent one)
        {
            if (one is not ClientProgress || events.Reader.Count < Backlog) events.Writer.TryWrite(one);
        }
    }

    private static async IAsyncEnumerable<T> StreamAsync<T>(
        Visit visit, Channel<T> events, Func<CancellationToken, Task> work, Func<Problem, T> failed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.Run(RunAsync, CancellationToken.None);
        try
        {
            await foreach (var one in events.Reader.ReadAllAsync(cancellationToken)) yield return one;
        }
        finally
        {
            await ending.CancelAsync();
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            visit.Dispose();
        }

        async Task RunAsync()
        {
            try
            {
                await work(ending.Token);
            }
            catch (Exception failure) when (!ending.IsCancellationRequested)
            {
                await events.Writer.WriteAsync(failed(ProblemOf(failure)), ending.Token);
            }
            finally
            {
                events.Writer.Complete();
            }
        }
    }

    private static Problem ProblemOf(Exception failure) => failure switch
    {
        ProblemException problem => problem.Problem,
        { InnerException: ProblemException inner } => inner.Problem,
        HttpRequestException or IOException or UnauthorizedAccessException => new Problem(ProblemCodes.RemoteUnreachable, RemoteText.Show(failure.Message, 300), "Try again."),
        _ => new Problem(ProblemCodes.Internal, $"The engine failed: {RemoteText.Show(failure.Message, 300)}"),
    };

    private static void Check(int connections, TimeSpan patience)
    {
        if (connections is < 1 or > MostConnections) throw Invalid($"{connections} connections can't be made.", $"Take 1 to {MostConnections}.");
        if (patience <= TimeSpan.Zero) throw Invalid("No time is left to wait for the service.", "Give -RetryFor more than none.");
    }

    private static ProblemException Invalid(string detail, string? advice = null) => new(new Problem(ProblemCodes.InvalidRequest, detail, advice));
}

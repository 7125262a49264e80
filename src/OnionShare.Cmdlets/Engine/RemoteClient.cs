using System.Runtime.CompilerServices;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about somebody else's services.</summary>
internal sealed class RemoteClient(EngineClient engine)
{
    public Task<RemoteListing> ListAsync(RemoteListRequest request, CancellationToken cancellationToken) =>
        engine.PostAsync<RemoteListing>(Routes.RemoteList, ContractsJson.Body(request), cancellationToken, EngineClient.NoLimit);

    /// <summary>Fetches; what happens comes one after the other. Who stops reading ends it.</summary>
    /// <exception cref="ProblemException">Also for what the service does not do.</exception>
    public IAsyncEnumerable<ClientEvent> FetchAsync(FetchRequest request, CancellationToken cancellationToken) =>
        TransferAsync(Routes.RemoteFetch, ContractsJson.Body(request), cancellationToken);

    /// <summary>Sends; as <see cref="FetchAsync"/>.</summary>
    public IAsyncEnumerable<ClientEvent> SendAsync(SendRequest request, CancellationToken cancellationToken) =>
        TransferAsync(Routes.RemoteSend, ContractsJson.Body(request), cancellationToken);

    /// <summary>Is in a chat room; who stops reading leaves it.</summary>
    public async IAsyncEnumerable<ChatEvent> ChatAsync(ChatVisitRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in engine.StreamAsync<ChatEvent>(HttpMethod.Post, Routes.RemoteChat, ContractsJson.Body(request), cancellationToken))
        {
            if (one is { Type: ChatEventType.Failed, Problem: { } problem }) throw new ProblemException(problem);
            yield return one;
            if (one.Type == ChatEventType.Closed) yield break;
        }

        throw EngineClient.Gone();
    }

    /// <summary>Says something in a room; returns when the room has it. A room is gone with its engine, so none is started.</summary>
    public Task SayAsync(string room, string text, CancellationToken cancellationToken) =>
        engine.Running.DoAsync(HttpMethod.Post, Routes.Say(room), ContractsJson.Body(new SayRequest(text)), cancellationToken, EngineClient.NoLimit);

    public Task RenameAsync(string room, string name, CancellationToken cancellationToken) =>
        engine.Running.DoAsync(HttpMethod.Post, Routes.RenameInRoom(room), ContractsJson.Body(new RenameRequest(name)), cancellationToken);

    private async IAsyncEnumerable<ClientEvent> TransferAsync(string route, HttpContent body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in engine.StreamAsync<ClientEvent>(HttpMethod.Post, route, body, cancellationToken))
        {
            if (one is ClientFailed failed) throw new ProblemException(failed.Problem);
            if (one is ClientDone) yield break;
            yield return one;
        }

        throw EngineClient.Gone();
    }
}

using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using OnionShare.Contracts;

namespace OnionShare.Cmdlets.Engine;

/// <summary>The part of the control API about somebody else's services.</summary>
internal sealed class RemoteClient(EngineClient engine)
{
    public Task<RemoteListing> ListAsync(RemoteListRequest request, CancellationToken cancellationToken) => engine.SendAsync(
        HttpMethod.Post, Routes.RemoteList, request, ContractsJson.Default.RemoteListRequest, ContractsJson.Default.RemoteListing, cancellationToken, EngineClient.NoLimit);

    /// <summary>Fetches; what happens comes one after the other. Who stops reading ends it.</summary>
    /// <exception cref="ProblemException">Also for what the service does not do.</exception>
    public IAsyncEnumerable<ClientEvent> FetchAsync(FetchRequest request, CancellationToken cancellationToken) =>
        TransferAsync(Routes.RemoteFetch, request, ContractsJson.Default.FetchRequest, cancellationToken);

    /// <summary>Sends; as <see cref="FetchAsync"/>.</summary>
    public IAsyncEnumerable<ClientEvent> SendAsync(SendRequest request, CancellationToken cancellationToken) =>
        TransferAsync(Routes.RemoteSend, request, ContractsJson.Default.SendRequest, cancellationToken);

    /// <summary>Is in a chat room; who stops reading leaves it.</summary>
    public async IAsyncEnumerable<ChatEvent> ChatAsync(ChatVisitRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in StreamAsync(Routes.RemoteChat, request, ContractsJson.Default.ChatVisitRequest, ContractsJson.Default.ChatEvent, cancellationToken))
        {
            if (one is { Type: ChatEventType.Failed, Problem: { } problem }) throw new ProblemException(problem);
            yield return one;
            if (one.Type == ChatEventType.Closed) yield break;
        }

        throw EngineClient.Gone();
    }

    /// <summary>Says something in a room; returns when the room has it. A room is gone with its engine, so none is started.</summary>
    public async Task SayAsync(string room, string text, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(new SayRequest(text), ContractsJson.Default.SayRequest);
        using var response = await engine.Running.SendAsync(HttpMethod.Post, Routes.Say(room), body, cancellationToken, EngineClient.NoLimit);
    }

    /// <summary>Asks a room for another name.</summary>
    public async Task RenameAsync(string room, string name, CancellationToken cancellationToken)
    {
        using var body = JsonContent.Create(new RenameRequest(name), ContractsJson.Default.RenameRequest);
        using var response = await engine.Running.SendAsync(HttpMethod.Post, Routes.RenameInRoom(room), body, cancellationToken);
    }

    private async IAsyncEnumerable<ClientEvent> TransferAsync<T>(
        string route, T request, JsonTypeInfo<T> type, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in StreamAsync(route, request, type, ContractsJson.Default.ClientEvent, cancellationToken))
        {
            if (one is ClientFailed failed) throw new ProblemException(failed.Problem);
            if (one is ClientDone) yield break;
            yield return one;
        }

        throw EngineClient.Gone();
    }

    private async IAsyncEnumerable<TEvent> StreamAsync<TRequest, TEvent>(
        string route, TRequest request, JsonTypeInfo<TRequest> type, JsonTypeInfo<TEvent> eventType, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TEvent : class
    {
        using var body = JsonContent.Create(request, type);
        using var response = await engine.SendAsync(HttpMethod.Post, route, body, cancellationToken);
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var one in EventReader.ReadAsync(stream, eventType, cancellationToken)) yield return one;
    }
}

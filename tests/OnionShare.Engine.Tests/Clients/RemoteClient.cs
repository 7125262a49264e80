using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>The other end: an engine that fetches and sends, with a folder to save to.</summary>
internal sealed class RemoteClient : IAsyncDisposable
{
    public RemoteClient() => Directory.CreateDirectory(Folder);

    public LocalEngine Local { get; } = new();

    /// <summary>Where what is fetched goes.</summary>
    public string Folder => Local.Scratch.At("fetched");

    /// <summary>Everything below <see cref="Folder"/>, with <c>/</c> between the names.</summary>
    public IReadOnlyList<string> Left => [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public FetchRequest Request(string url) => new() { Url = url, LocalOnly = true, Path = Folder, Patience = TimeSpan.FromSeconds(5) };

    /// <summary>Fetches; the files that came.</summary>
    public async Task<IReadOnlyList<FileFetched>> FetchAsync(FetchRequest request)
    {
        var events = await EventsAsync(request);
        Assert.True(events[^1] is ClientDone, events[^1].ToString());
        return [.. events.OfType<FileFetched>()];
    }

    /// <summary>Fetches what can't be had; why.</summary>
    public async Task<Problem> FailAsync(FetchRequest request) => Assert.IsType<ClientFailed>((await EventsAsync(request))[^1]).Problem;

    public async Task<IReadOnlyList<ClientEvent>> EventsAsync(FetchRequest request) => await CollectAsync(Local.Engine.Remote.FetchAsync(request, Cancel));

    public async Task<IReadOnlyList<ClientEvent>> SendAsync(SendRequest request) => await CollectAsync(Local.Engine.Remote.SendAsync(request with { LocalOnly = true }, Cancel));

    public ValueTask DisposeAsync() => Local.DisposeAsync();

    private static async Task<IReadOnlyList<ClientEvent>> CollectAsync(IAsyncEnumerable<ClientEvent> events)
    {
        var all = new List<ClientEvent>();
        await foreach (var one in events.WithCancellation(Cancel)) all.Add(one);
        return all;
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>Two people in a room of this program's.</summary>
public sealed class ChatVisitTests
{
    [Fact(Timeout = 60_000)]
    public async Task What_one_says_the_other_hears_and_leaving_is_seen()
    {
        await using var local = new LocalEngine();
        var service = await local.Engine.Services.StartAsync(new ChatRequest { LocalOnly = true }, Cancel);
        await local.SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Running });
        var request = new ChatVisitRequest { Url = service.Status.Url!, LocalOnly = true };
        var remote = local.Engine.Remote;

        await using var ann = remote.ChatAsync(request with { Name = "Ann" }, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await ann.MoveNextAsync());
        Assert.Equal((ChatEventType.Entered, "Ann"), (ann.Current.Type, ann.Current.Name));
        await using (var bob = remote.ChatAsync(request with { Name = "Bob" }, Cancel).GetAsyncEnumerator(Cancel))
        {
            Assert.True(await bob.MoveNextAsync());
            Assert.Equal(["Ann", "Bob"], bob.Current.Members!.Order(StringComparer.Ordinal));
            var bobsRoom = bob.Current.Room!;
            Assert.Equal("Bob", (await NextAsync(ann, ChatEventType.Joined)).Name);
            await remote.Room(bobsRoom).SayAsync("hello ☂", Cancel);
            var said = await NextAsync(ann, ChatEventType.Said);
            Assert.Equal(("Bob", "hello ☂", false), (said.Name, said.Text, said.IsOwn));
            await remote.Room(bobsRoom).RenameAsync("Robert", Cancel);
            Assert.Equal(("Bob", "Robert"), await NextAsync(ann, ChatEventType.Renamed) is var renamed ? (renamed.OldName, renamed.Name) : default);
        }

        Assert.Equal("Robert", (await NextAsync(ann, ChatEventType.Left)).Name);
        service.Stop(StopReason.Requested);
        await NextAsync(ann, ChatEventType.Closed);
        Assert.False(await ann.MoveNextAsync());
    }

    [Fact(Timeout = 60_000)]
    public async Task A_name_that_is_taken_is_told()
    {
        await using var local = new LocalEngine();
        var service = await local.Engine.Services.StartAsync(new ChatRequest { LocalOnly = true }, Cancel);
        await local.SeenAsync(happened => happened is ServiceChanged { Service.State: ServiceState.Running });
        var request = new ChatVisitRequest { Url = service.Status.Url!, LocalOnly = true, Name = "Ann" };
        await using var ann = local.Engine.Remote.ChatAsync(request, Cancel).GetAsyncEnumerator(Cancel);
        await ann.MoveNextAsync();

        await using var other = local.Engine.Remote.ChatAsync(request, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await other.MoveNextAsync());

        Assert.Equal((ChatEventType.Failed, ProblemCodes.RemoteRefused), (other.Current.Type, other.Current.Problem!.Code));
    }

    private static async Task<ChatEvent> NextAsync(IAsyncEnumerator<ChatEvent> events, ChatEventType type)
    {
        while (await events.MoveNextAsync())
            if (events.Current.Type == type) return events.Current;
        throw new InvalidOperationException($"The room ended without {type}.");
    }
}

using System.Net;
using OnionShare.Contracts;
using Xunit;
using static OnionShare.Engine.Tests.Modes.Receive.Tus;

namespace OnionShare.Engine.Tests.Modes.Receive;

/// <summary>Submissions that are taken back as a whole.</summary>
public sealed class WithdrawTests
{
    [Fact]
    public async Task Nothing_of_it_stays_and_nothing_is_added_to_it()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { MaxTotalSize = 12_288 });
        var submission = await BeginAsync(inbox);
        await PatchAsync(inbox, await CreateAsync(inbox, "whole", 3, submission), 0, "abc");
        await PatchAsync(inbox, await CreateAsync(inbox, "half", 6, submission), 0, "abc");
        var waiting = await CreateAsync(inbox, "waiting", 3, submission);
        Assert.Equal(["half.part", "whole"], inbox.Files);

        Assert.Equal(HttpStatusCode.NoContent, (await TusAsync(inbox, HttpMethod.Delete, "/submissions/" + submission)).StatusCode);

        Assert.Empty(Directory.EnumerateFiles(inbox.Inbox, "*", SearchOption.AllDirectories));
        Assert.Equal(TransferState.Cancelled, (await inbox.OnlyEndedAsync()).State);
        Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(inbox, waiting, 0, "abc")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await TryCreateAsync(inbox, "late", 3, submission)).StatusCode);
        var other = await BeginAsync(inbox);
        foreach (var name in new[] { "a", "b", "c" }) await CreateAsync(inbox, name, 3, other); // there is room again for all three
    }

    [Fact]
    public async Task What_is_finished_stays_and_what_nobody_knows_is_not_there()
    {
        await using var inbox = await Inboxed.StartAsync();
        var submission = await BeginAsync(inbox);
        await PatchAsync(inbox, await CreateAsync(inbox, "a", 3, submission), 0, "abc");
        await TusAsync(inbox, HttpMethod.Post, "/submissions/" + submission);
        Assert.Equal(HttpStatusCode.Conflict, (await TusAsync(inbox, HttpMethod.Delete, "/submissions/" + submission)).StatusCode);
        Assert.Equal(["a"], inbox.Files);
        Assert.Equal(HttpStatusCode.NotFound, (await TusAsync(inbox, HttpMethod.Delete, "/submissions/" + new string('0', 32))).StatusCode);
    }
}

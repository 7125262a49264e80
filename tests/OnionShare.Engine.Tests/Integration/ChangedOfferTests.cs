using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>A share whose files are changed while somebody downloads.</summary>
public sealed class ChangedOfferTests : IAsyncDisposable
{
    private readonly LocalEngine _local = new();

    public ValueTask DisposeAsync() => _local.DisposeAsync();

    [Fact]
    public async Task A_download_goes_on_to_its_end_when_files_are_added()
    {
        var (service, large, small) = await ShareAsync();
        using var visitor = LocalEngine.Visit(service);
        using var answer = await visitor.Client.GetAsync("/download", HttpCompletionOption.ResponseHeadersRead, Cancel);

        await _local.Engine.Changes.ChangeAsync(service, new ServiceChange { AddPaths = [small] }, Cancel);

        Assert.Equal(await File.ReadAllBytesAsync(large, Cancel), await answer.Content.ReadAsByteArrayAsync(Cancel));
        using var after = await visitor.Client.GetAsync("/download", HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.NotEqual(answer.Headers.ETag, after.Headers.ETag);
    }

    [Fact]
    public async Task A_download_is_cut_when_files_are_taken_away()
    {
        var (service, large, small) = await ShareAsync();
        await _local.Engine.Changes.ChangeAsync(service, new ServiceChange { AddPaths = [small] }, Cancel);
        using var visitor = LocalEngine.Visit(service);
        using var answer = await visitor.Client.GetAsync("/download", HttpCompletionOption.ResponseHeadersRead, Cancel);

        await _local.Engine.Changes.ChangeAsync(service, new ServiceChange { RemovePaths = [large] }, Cancel);

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal("more", await visitor.Client.GetStringAsync("/download", Cancel));
        Assert.Equal(ServiceState.Running, service.Status.State);
    }

    [Fact]
    public async Task What_can_not_be_shared_changes_nothing()
    {
        var (service, large, _) = await ShareAsync();

        var refused = await Assert.ThrowsAsync<ProblemException>(() =>
            _local.Engine.Changes.ChangeAsync(service, new ServiceChange { AddPaths = [_local.Scratch.At("nothing")], Name = "other" }, Cancel));

        Assert.Equal(ProblemCodes.PathNotFound, refused.Problem.Code);
        Assert.Equal([large], service.Status.Paths);
        Assert.Equal("board", service.Status.Name);
    }

    private async Task<(Service Service, string Large, string Small)> ShareAsync()
    {
        // Larger than what fits between the engine and a visitor who does not read.
        var large = _local.Scratch.File("large.bin", Scratch.Bytes(60_000_000));
        var small = _local.Scratch.File("small.txt", "more"u8.ToArray());
        return (await _local.ShareAsync(new ShareRequest { Paths = [large], KeepSharing = true, Name = "board" }), large, small);
    }
}

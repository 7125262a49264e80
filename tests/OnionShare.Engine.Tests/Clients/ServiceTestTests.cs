using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Clients;

/// <summary>A visit to a service of one's own, on this computer.</summary>
public sealed class ServiceTestTests : IAsyncDisposable
{
    private readonly LocalEngine _local = new();

    public ValueTask DisposeAsync() => _local.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_share_of_one_download_is_visited_and_goes_on_as_if_nobody_had_come(bool compress)
    {
        // So small that the first bytes are the whole: as a visitor's they would end the share.
        var service = await _local.ShareAsync(new ShareRequest { Paths = [_local.Scratch.File("a.txt", "words"u8.ToArray()), _local.Scratch.File("b.txt", "more"u8.ToArray())], Compress = compress });

        var checks = await TestAsync(service);

        Assert.Equal("descriptor Skipped, circuit Passed, password Passed, page Passed, download Passed", Words(checks));
        Assert.Contains("bytes of the download", checks[^1].Detail.Replace("B of", "bytes of", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(ServiceState.Running, service.Status.State);
        Assert.Equal((0L, 0L, 0), (service.Status.Visits, service.Status.CompletedTransfers, service.Status.ActiveTransfers));
        Assert.Empty(service.Context.Transfers.Snapshot());
        Assert.Empty(service.Status.Warnings);

        using var visitor = LocalEngine.Visit(service);
        await visitor.Client.GetByteArrayAsync("/download", Cancel);
        await service.Ended.WaitAsync(EngineProcess.Limit, Cancel);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    [Fact]
    public async Task Each_other_mode_is_visited_without_a_trace()
    {
        ServiceRequest[] requests =
        [
            new ReceiveRequest { Path = _local.Scratch.At("inbox") },
            new ChatRequest(),
            new WebsiteRequest { Paths = [Path.GetDirectoryName(_local.Scratch.File("site/index.html", "<p>Hello</p>"u8.ToArray()))!], Public = true },
        ];
        foreach (var request in requests)
        {
            var service = await _local.StartAsync(request);
            Assert.Equal("descriptor Skipped, circuit Passed, password Passed, page Passed, download Skipped", Words(await TestAsync(service)));
            Assert.Equal(0, service.Status.Visits);
        }
    }

    [Fact]
    public async Task A_file_that_has_changed_is_found()
    {
        var path = _local.Scratch.File("a.txt", "words"u8.ToArray());
        var service = await _local.ShareAsync(path);
        await File.WriteAllTextAsync(path, "others, and more of them", Cancel);

        var download = (await TestAsync(service))[^1];

        Assert.Equal(TorCheckResult.Failed, download.Result);
        Assert.Contains("not what it was", download.Detail, StringComparison.Ordinal);
        Assert.NotNull(download.Advice);
    }

    [Fact]
    public async Task A_stranger_who_says_that_it_is_a_test_is_counted_as_any_other()
    {
        var service = await _local.ShareAsync(_local.Scratch.File("a.txt", "words"u8.ToArray()));
        using var visitor = LocalEngine.Visit(service);
        visitor.Client.DefaultRequestHeaders.Add(OwnVisits.Header, new string('0', 32));

        await visitor.Client.GetStringAsync("/", Cancel);

        Assert.Equal(1, service.Status.Visits);
    }

    [Fact]
    public async Task What_does_not_run_is_refused_in_words()
    {
        var service = await _local.ShareAsync(_local.Scratch.File("a.txt", "words"u8.ToArray()));
        service.Stop(StopReason.Requested, force: true);
        await service.Ended.WaitAsync(EngineProcess.Limit, Cancel);

        var refused = Assert.Throws<ProblemException>(() => _local.Engine.Remote.Test(service, null));

        Assert.Equal(ProblemCodes.ServiceEnded, refused.Problem.Code);
        Assert.Equal("Start it again.", refused.Problem.Advice);
    }

    private static string Words(IEnumerable<TorCheck> checks) => string.Join(", ", checks.Select(check => $"{check.Name} {check.Result}"));

    private async Task<IReadOnlyList<TorCheck>> TestAsync(Service service)
    {
        using var test = _local.Engine.Remote.Test(service, null);
        var checks = new List<TorCheck>();
        await foreach (var check in test.RunAsync(Cancel)) checks.Add(check);
        return checks;
    }
}

using System.Net;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Integration;

/// <summary>Files that change, shrink or vanish: never a wrong byte served as right.</summary>
public sealed class ChangedShareTests
{
    private const int Size = 40_000_000;

    [Theory(Timeout = 120_000)]
    [InlineData("shrinks", false)]
    [InlineData("shrinks", true)]
    [InlineData("changes", false)]
    [InlineData("changes", true)]
    public async Task A_transfer_fails_loudly_when_its_file_changes_on_the_way(string how, bool inFolder)
    {
        await using var engine = new LocalEngine();
        var path = engine.Scratch.File("a.bin", Size);
        var service = await engine.ShareAsync(inFolder ? engine.Scratch.Files : path);
        using var visitor = LocalEngine.Visit(service);
        using var slow = await visitor.ConnectAsync(visitor.Get("/download"));
        await slow.GetStream().ReadExactlyAsync(new byte[1000], Cancel);

        await using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            if (how == "shrinks") file.SetLength(Size / 2);
            else await file.WriteAsync("changed"u8.ToArray(), Cancel);
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(-1));
        var arrived = await DrainAsync(slow.GetStream());

        Assert.InRange(arrived, 0, Size - 1);
        var transfer = await engine.EndOfTransferAsync(service);
        Assert.Equal(TransferState.Failed, transfer.State);
        Assert.NotEmpty(transfer.Error!);
        await engine.SeenAsync(happened => happened is ServiceWarned { Message: var text } && text.Contains("failed", StringComparison.Ordinal));
        Assert.Equal(ServiceState.Running, service.Status.State);

        using var next = await visitor.GetAsync("/download");
        Assert.Equal(HttpStatusCode.Conflict, next.StatusCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_vanished_is_an_error_page_a_warning_and_no_end_of_the_share()
    {
        await using var engine = new LocalEngine();
        var path = engine.Scratch.File("a.bin", 1000);
        var service = await engine.ShareAsync(path);
        using var visitor = LocalEngine.Visit(service);
        File.Delete(path);

        using var answer = await visitor.GetAsync("/download");

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("<html", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("a.bin", Assert.Single(service.Status.Warnings), StringComparison.Ordinal);
        Assert.Equal(ServiceState.Running, service.Status.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_of_a_folder_that_vanished_breaks_the_zip_off()
    {
        await using var engine = new LocalEngine();
        engine.Scratch.File("a.bin", 5_000_000);
        var path = engine.Scratch.File("b.bin", 5_000_000);
        var service = await engine.ShareAsync(engine.Scratch.Files);
        using var visitor = LocalEngine.Visit(service);
        File.Delete(path);

        using var answer = await visitor.GetAsync("/download");

        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(TransferState.Failed, (await engine.EndOfTransferAsync(service)).State);
        Assert.Contains("b.bin", Assert.Single(service.Status.Warnings), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_that_grew_is_named_to_visitors_and_once_to_who_shares_until_it_is_as_it_was()
    {
        await using var engine = new LocalEngine();
        engine.Scratch.File("a.bin", 100_000);
        var path = engine.Scratch.File("logs/printer.log", 100_000);
        var time = File.GetLastWriteTimeUtc(path);
        var service = await engine.ShareAsync(engine.Scratch.Files);
        using var visitor = LocalEngine.Visit(service);
        await File.AppendAllTextAsync(path, "one line more", Cancel);

        using (var first = await visitor.GetAsync("/download"))
        {
            if (first.IsSuccessStatusCode) await Assert.ThrowsAsync<HttpRequestException>(() => first.Content.ReadAsByteArrayAsync(Cancel));
        }

        await engine.SeenAsync(happened => happened is ServiceWarned);
        for (var n = 0; n < 2; n++)
        {
            using var again = await visitor.GetAsync("/download", ("Range", "bytes=50000-"));
            Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
            Assert.Contains("<bdi>logs/printer.log</bdi> has changed since it was shared", await again.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        }

        var page = await visitor.Client.GetStringAsync("/", Cancel);
        Assert.Contains("Only starting the share again helps", page, StringComparison.Ordinal);
        Assert.DoesNotContain("href=\"/download\"", page, StringComparison.Ordinal);
        var warning = Assert.Single(service.Status.Warnings);
        Assert.Contains("printer.log", warning, StringComparison.Ordinal);
        Assert.Single(warning.Split("Stop the share and start it again").Skip(1));
        Assert.DoesNotContain(engine.Scratch.Files, page, StringComparison.Ordinal);

        await using (var file = new FileStream(path, FileMode.Open)) file.SetLength(100_000);
        File.SetLastWriteTimeUtc(path, time);
        Assert.Contains("href=\"/download\"", await visitor.Client.GetStringAsync("/", Cancel), StringComparison.Ordinal);
        await visitor.DownloadAsync();
        await LocalEngine.EndAsync(service);
        Assert.Equal(StopReason.Downloaded, service.Status.StopReason);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_change_of_permissions_under_a_slow_download_harms_nothing()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: modes of unix");
            return;
        }

        await using var engine = new LocalEngine();
        var path = engine.Scratch.File("a.bin", Size);
        var service = await engine.ShareAsync(new ShareRequest { Paths = [path], KeepSharing = true });
        using var visitor = LocalEngine.Visit(service);
        using var slow = await visitor.GetAsync("/download");
        await using var body = await slow.Content.ReadAsStreamAsync(Cancel);
        await body.ReadExactlyAsync(new byte[1000], Cancel);

        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);

        Assert.Equal(Size - 1000, await DrainAsync(body));
        using var later = await visitor.GetAsync("/download", ("Range", "bytes=1000-1999"), ("If-Range", slow.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.PartialContent, later.StatusCode);
        Assert.Empty(service.Status.Warnings);
    }

    private static async Task<long> DrainAsync(Stream stream)
    {
        var buffer = new byte[100_000];
        var total = 0L;
        try
        {
            int read;
            while ((read = await stream.ReadAsync(buffer, Cancel)) > 0) total += read;
        }
        catch (IOException)
        {
            // The connection was reset, which is what a visitor is to see.
        }

        return total;
    }
}

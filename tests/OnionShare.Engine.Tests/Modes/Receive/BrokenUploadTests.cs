using System.Net;
using OnionShare.Contracts;
using Xunit;

namespace OnionShare.Engine.Tests.Modes.Receive;

public sealed class BrokenUploadTests
{
    [Fact]
    public async Task A_cut_upload_stays_as_partial_file_and_is_listed()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[300_000], total: 1_000_000);
        slow.Cut();
        var transfer = await inbox.OnlyEndedAsync();

        Assert.Equal(TransferState.Cancelled, transfer.State);
        Assert.Equal(["big.bin.part"], inbox.Files);
        Assert.Equal(inbox.AllFiles, transfer.Paths);
    }

    [Theory]
    [InlineData("/upload")]
    [InlineData("/upload-ajax")]
    public async Task Who_hangs_up_gets_no_answer_and_nothing_fails_for_it(string path)
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[300_000], total: 1_000_000, path);

        Assert.Equal("", await slow.HangUpAsync());
        Assert.Equal(TransferState.Cancelled, (await inbox.OnlyEndedAsync()).State);
        Assert.DoesNotContain(inbox.Log, record => record.Importance >= LogImportance.Warning);
    }

    [Fact]
    public async Task A_cut_upload_leaves_nothing_where_partial_files_are_not_wanted()
    {
        await using var inbox = await Inboxed.StartAsync(request => request with { DiscardPartial = true });
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[300_000], total: 1_000_000);
        slow.Cut();
        var transfer = await inbox.OnlyEndedAsync();

        Assert.Equal(TransferState.Cancelled, transfer.State);
        Assert.Empty(transfer.Paths);
        Assert.Empty(inbox.Everything);
    }

    [Fact]
    public async Task A_file_never_has_its_name_before_it_is_whole()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[500_000], total: 1_000_000);
        Assert.Equal(["big.bin.part"], inbox.Files);

        await slow.FinishAsync(new byte[500_000]);
        Assert.Equal(["big.bin"], inbox.Files);
        Assert.Equal(1_000_000, new FileInfo(inbox.AllFiles.Single()).Length);
    }

    [Fact]
    public async Task A_cut_upload_does_not_disturb_the_others()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var cut = await SlowUpload.BeginAsync(inbox, "cut.bin", new byte[1000], total: 2000);
        await using var whole = await SlowUpload.BeginAsync(inbox, "whole.bin", new byte[1000], total: 2000);
        cut.Cut();
        await inbox.EndedAsync(0);
        var answer = await whole.FinishAsync(new byte[1000]);

        Assert.Contains("200 OK", answer, StringComparison.Ordinal);
        Assert.Equal(["cut.bin.part", "whole.bin"], inbox.Files);
        Assert.Equal(HttpStatusCode.OK, (await inbox.PostAsync(Inboxed.Form(("file[]", "a.txt", "x")))).StatusCode);
    }

    [Theory]
    [InlineData("/upload")]
    [InlineData("/upload-ajax")]
    public async Task Who_is_cut_by_a_stop_is_not_told_that_all_is_well(string path)
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[1000], total: 2000, path);
        inbox.Service.Stop(StopReason.Requested, force: true);
        Assert.DoesNotContain("200 OK", await slow.AnswerAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_by_force_cuts_what_is_under_way_and_keeps_it_as_partial_file()
    {
        await using var inbox = await Inboxed.StartAsync();
        await using var slow = await SlowUpload.BeginAsync(inbox, "big.bin", new byte[1000], total: 2000);
        inbox.Service.Stop(StopReason.Requested, force: true);
        await inbox.Service.Ended.WaitAsync(Until.Limit, Cancel);

        Assert.Equal(TransferState.Cancelled, (await inbox.OnlyEndedAsync()).State);
        Assert.Equal(["big.bin.part"], inbox.Files);
    }
}

using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Cli;

/// <summary>The verb <c>share</c> as a process: what it prints, its exit codes, its signals.</summary>
public sealed class ShareCommandTests : IDisposable
{
    private const string Advice = "See --help.";

    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Standard_output_carries_the_URL_and_nothing_else_and_a_complete_download_ends_it_with_0()
    {
        var bytes = Scratch.Bytes(100_000);
        await using var engine = Share(_scratch.File("a.bin", bytes), "--local-only");
        var url = await engine.UrlAsync();
        Assert.Matches("^http://onionshare:[a-z-]{10,}@127\\.0\\.0\\.1:[0-9]+$", url);
        using var visitor = new Visitor(url);

        Assert.Equal(bytes, await visitor.DownloadAsync());

        Assert.Equal(0, await engine.ExitAsync());
        Assert.Equal([url], engine.Output);
        Assert.Contains("Download 1 of a.bin is complete: 97.7 KiB.", engine.Messages, StringComparison.Ordinal);
        Assert.EndsWith("Stopped: everything was downloaded.", engine.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain("again", engine.Messages, StringComparison.Ordinal);
        Assert.Empty(_scratch.Traces);
    }

    [Theory(Timeout = 120_000)]
    [InlineData(EngineProcess.Interrupt)]
    [InlineData(EngineProcess.Terminate)]
    [InlineData(EngineProcess.HangUp)]
    public async Task Every_signal_takes_the_service_down_cleanly(int signal)
    {
        RequireSignals();
        await using var engine = Share(_scratch.File("a.bin", 1000), "--local-only");
        var url = await engine.UrlAsync();

        engine.Signal(signal);

        Assert.Equal(0, await engine.ExitAsync());
        Assert.EndsWith("Stopped.", engine.Messages, StringComparison.Ordinal);
        using var visitor = new Visitor(url);
        await Assert.ThrowsAsync<HttpRequestException>(() => visitor.Client.GetStringAsync("/", Cancel));
    }

    [Fact(Timeout = 120_000)]
    public async Task The_first_interrupt_lets_transfers_finish_and_the_second_cuts_them()
    {
        RequireSignals();
        await using var engine = Share(_scratch.File("a.bin", 40_000_000), "--local-only");
        using var visitor = new Visitor(await engine.UrlAsync());
        using var slow = await visitor.ConnectAsync(visitor.Get("/download"));
        await engine.SaysAsync("began");

        engine.Signal(EngineProcess.Interrupt);
        await engine.SaysAsync("Stopping when the transfer under way is finished. Press Ctrl+C again to cut.");
        Assert.False(engine.Process.HasExited);
        engine.Signal(EngineProcess.Interrupt);

        Assert.Equal(0, await engine.ExitAsync());
        Assert.Contains("was broken off", engine.Messages, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_termination_does_not_wait_for_transfers()
    {
        RequireSignals();
        await using var engine = Share(_scratch.File("a.bin", 40_000_000), "--local-only");
        using var visitor = new Visitor(await engine.UrlAsync());
        using var slow = await visitor.ConnectAsync(visitor.Get("/download"));
        await engine.SaysAsync("began");

        engine.Signal(EngineProcess.Terminate);

        Assert.Equal(0, await engine.ExitAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task A_password_file_a_title_and_a_QR_code_are_used_and_the_password_stands_in_no_argument()
    {
        var password = _scratch.At("password");
        await File.WriteAllTextAsync(password, "pass wörd/?#\r\nsecond line\n", Cancel);
        await using var engine = Share(_scratch.File("a.bin", 10), "--local-only", "--password-file", password, "--title", "<b>Mine</b>", "--qr");
        var url = await engine.UrlAsync();
        Assert.StartsWith("http://onionshare:pass%20w%C3%B6rd%2F%3F%23@127.0.0.1:", url, StringComparison.Ordinal);
        await engine.SaysAsync("█");
        using var visitor = new Visitor(url);

        var page = await visitor.Client.GetStringAsync("/", Cancel);

        Assert.Contains("&lt;b&gt;Mine&lt;/b&gt;", page, StringComparison.Ordinal);
        if (OperatingSystem.IsLinux())
        {
            // Row «secrets in process arguments».
            Assert.DoesNotContain("pass w", await File.ReadAllTextAsync($"/proc/{engine.Id}/cmdline", Cancel), StringComparison.Ordinal);
            Assert.DoesNotContain("pass w", await File.ReadAllTextAsync($"/proc/{engine.Id}/environ", Cancel), StringComparison.Ordinal);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task It_stops_after_the_time_that_was_given()
    {
        await using var engine = Share(_scratch.File("a.bin", 10), "--local-only", "--stop-after", "1s");
        await engine.UrlAsync();

        Assert.Equal(0, await engine.ExitAsync());
        Assert.Contains("Stopped: its time was over.", engine.Messages, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_password_anybody_may_come_and_the_URL_has_none()
    {
        var bytes = Scratch.Bytes(10);
        await using var engine = Share(_scratch.File("a.bin", bytes), "--local-only", "--public");
        var url = await engine.UrlAsync();
        Assert.Matches("^http://127\\.0\\.0\\.1:[0-9]+$", url);
        using var visitor = new Visitor(url);
        Assert.Equal(bytes, await visitor.DownloadAsync());
        Assert.Equal(0, await engine.ExitAsync());
    }

    [Theory(Timeout = 120_000)]
    [InlineData("--stop-after", "soon", "'soon' is no length of time. Write 90s, 30m, 2h, 1d12h or hh:mm:ss.")]
    [InlineData("--stop-after", "-1s", "is no length of time")]
    [InlineData("--guess-limit", "-1", "--guess-limit takes 0 or more.")]
    [InlineData("--guess-limit", "many", "many")]
    [InlineData("--nonsense", "--local-only", "There is no option '--nonsense'. A path that begins with a dash is written './--nonsense'.")]
    [InlineData("--tor", "/nowhere/tor", "--tor: there is no file '/nowhere/tor'.")]
    [InlineData("--torrc-include", "/nowhere", "--torrc-include: there is no file '/nowhere'.")]
    [InlineData("--local-only", "", "A PATH is empty.")]
    public async Task Wrong_usage_is_said_in_a_sentence_and_ends_with_2(string option, string value, string message)
    {
        if (OperatingSystem.IsWindows() && value.StartsWith('/')) Assert.Skip("skipped: the path in the message is a Unix path");
        await using var engine = Share(_scratch.File("a.bin", 10), option, value);
        Assert.Equal(2, await engine.ExitAsync());
        await AllSaidAsync(engine);
        Assert.Contains(message, engine.Messages, StringComparison.Ordinal);
        Assert.EndsWith(Advice, engine.Messages, StringComparison.Ordinal);
        AssertNothingHappened(engine);
    }

    [Fact(Timeout = 120_000)]
    public async Task No_verb_and_no_path_are_wrong_usage()
    {
        foreach (var arguments in new string[][] { [], ["share"], ["share", "x", "--public", "--password-file", "y"] })
        {
            await using var engine = EngineProcess.Start(_scratch, arguments);
            Assert.Equal(2, await engine.ExitAsync());
            await AllSaidAsync(engine);
            Assert.EndsWith(Advice, engine.Messages, StringComparison.Ordinal);
            AssertNothingHappened(engine);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_missing_path_is_named_with_its_escapes_shown_and_ends_with_1()
    {
        // Row «scp CVE-2019-6109»: the name could have come from a glob.
        await using var engine = Share(_scratch.At("no\u001b[2Jsuch"), "--local-only");
        Assert.Equal(1, await engine.ExitAsync());
        await AllSaidAsync(engine);
        Assert.Contains("no\\u{1B}[2Jsuch' was not found. Check the spelling.", engine.Messages, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', engine.Messages);
        AssertNothingHappened(engine);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_file_whose_name_begins_with_an_at_sign_is_shared_and_not_read_as_arguments()
    {
        var path = _scratch.File("@list", "--public\n--keep-sharing\n"u8.ToArray());
        File.Copy(path, _scratch.At("@list"));
        await using var engine = Share("@list", "--local-only");
        var url = await engine.UrlAsync();
        Assert.Contains("http://onionshare:", url, StringComparison.Ordinal);
        using var visitor = new Visitor(url);
        Assert.Equal(await File.ReadAllBytesAsync(path, Cancel), await visitor.DownloadAsync());
        Assert.Equal(0, await engine.ExitAsync());
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_tor_three_ways_out_are_named()
    {
        // A program is named that is not there: where one is installed outside PATH it must not be found, run, and let out of this machine.
        await using var engine = EngineProcess.Start(
            _scratch, new Dictionary<string, string> { ["PATH"] = _scratch.Temp, ["ONIONSHARE_TOR"] = _scratch.At("no-tor") }, "share", _scratch.File("a.bin", 10));
        Assert.Equal(1, await engine.ExitAsync());
        await AllSaidAsync(engine);
        Assert.Contains("There is no tor program at", engine.Messages, StringComparison.Ordinal);
        foreach (var way in new[] { "apt install tor", "winget install", "brew install tor", "-local-only" })
            Assert.Contains(way, engine.Messages.Replace("LocalOnly", "local-only", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(engine.Output);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_warning_about_a_link_out_of_the_share_is_said_once()
    {
        // Row «CVE-2026-54706».
        RequireSignals();
        _scratch.File("in.txt", 10);
        await File.WriteAllTextAsync(_scratch.At("secret"), "secret", Cancel);
        File.CreateSymbolicLink(Path.Combine(_scratch.Files, "out"), _scratch.At("secret"));
        await using var engine = Share(_scratch.Files, "--local-only");
        using var visitor = new Visitor(await engine.UrlAsync());

        var zip = await visitor.DownloadAsync();

        Assert.Equal(0, await engine.ExitAsync());
        await AllSaidAsync(engine);
        Assert.Single(engine.Messages.Split('\n'), line => line.Contains("out", StringComparison.Ordinal) && line.Contains("link", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", System.Text.Encoding.Latin1.GetString(zip), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_URL_that_can_not_be_written_is_a_sentence_and_ends_with_1()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "skipped: no /dev/full");
        await using var shell = EngineProcess.StartShell(_scratch, $"exec '{EngineProcess.Program}' share '{_scratch.File("a.bin", 10)}' --local-only > /dev/full");
        Assert.Equal(1, await shell.ExitAsync());
        await AllSaidAsync(shell);
        Assert.Contains("The URL can't be written to standard output", shell.Messages, StringComparison.Ordinal);
        AssertNothingHappened(shell);
    }

    private static void RequireSignals() => Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: Windows has no such signals");

    // The exit comes before the last lines have been read.
    private static Task AllSaidAsync(EngineProcess engine) => engine.Process.WaitForExitAsync(Cancel);

    private EngineProcess Share(params string[] arguments) => EngineProcess.Start(_scratch, ["share", .. arguments]);

    private void AssertNothingHappened(EngineProcess engine)
    {
        Assert.Empty(engine.Output);
        Assert.Empty(_scratch.Traces);
        Assert.DoesNotContain("   at ", engine.Messages, StringComparison.Ordinal);
    }
}

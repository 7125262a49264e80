using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Tests.Integration;
using Xunit;

namespace OnionShare.Engine.Tests.Control;

/// <summary>The diagnosis of tor through the control API of a real engine, where there is no tor to use.</summary>
public sealed class TorTestApiTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact(Timeout = 120_000)]
    public async Task Without_a_tor_it_says_what_to_install_and_skips_the_rest()
    {
        var path = _scratch.At("no such tor");
        await using var engine = EngineProcess.Start(_scratch, new Dictionary<string, string> { ["ONIONSHARE_TOR"] = path }, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);

        var checks = await TestAsync(client);

        Assert.Equal(["executable", "version", "control", "clock", "bootstrap", "descriptor", "round-trip"], checks.Select(check => check.Name));
        Assert.Equal((TorCheckResult.Failed, $"There is no tor program at {path}."), (checks[0].Result, checks[0].Detail));
        Assert.Contains("apt install tor", checks[0].Advice, StringComparison.Ordinal);
        Assert.All(checks.Skip(1), check => Assert.Equal(
            (TorCheckResult.Skipped, "Not looked at, because there is no tor program to run.", null), (check.Result, check.Detail, check.Advice)));
        Assert.Equal(TorState.Off, (await client.EngineAsync()).Tor.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_text_file_is_no_tor()
    {
        var path = _scratch.File("tor", "Tor version 0.4.9.11.\n"u8.ToArray());
        await using var engine = EngineProcess.Start(_scratch, "serve", "--tor", path);
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var checks = await TestAsync(client);
        Assert.Equal((TorCheckResult.Failed, $"{path} is not a tor program that can be run."), (checks[0].Result, checks[0].Detail));
        Assert.All(checks.Skip(1), check => Assert.Equal(TorCheckResult.Skipped, check.Result));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_ends_at_once_is_told_with_its_last_words()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: the program is a shell script");
            return;
        }

        var path = _scratch.File("tor", "#!/bin/sh\n[ \"$1\" = --version ] && echo 'Tor version 0.4.9.11.' && exit\necho 'Nov 21 13:00:00.000 [err] I do not want to.'\nexit 3\n"u8.ToArray());
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using var engine = EngineProcess.Start(_scratch, "serve", "--tor", path);
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        var checks = await TestAsync(client);
        Assert.Equal([TorCheckResult.Passed, TorCheckResult.Passed, TorCheckResult.Failed], checks.Take(3).Select(check => check.Result));
        Assert.Equal($"{path} ended at once, with code 3: I do not want to.", checks[2].Detail);
        Assert.Equal(TorState.Off, (await client.EngineAsync()).Tor.State);
    }

    [Fact(Timeout = 120_000)]
    public async Task Settings_that_can_not_be_read_are_a_problem()
    {
        Directory.CreateDirectory(_scratch.State);
        await File.WriteAllTextAsync(StatePaths.TorSettingsFile(_scratch.State), "{", Cancel);
        await using var engine = EngineProcess.Start(_scratch, new Dictionary<string, string> { ["ONIONSHARE_TOR"] = _scratch.At("none") }, "serve");
        using var client = await ControlClient.WaitAsync(_scratch.Socket);
        using var answer = await client.Http.PostAsync(Routes.TorTest, null, Cancel);
        Assert.NotEqual(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    private static async Task<List<TorCheck>> TestAsync(ControlClient client)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Routes.TorTest);
        using var answer = await client.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var checks = new List<TorCheck>();
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancel);
        await foreach (var item in SseParser.Create(stream, (_, bytes) => JsonSerializer.Deserialize(bytes, ContractsJson.Default.TorCheck)!).EnumerateAsync(Cancel))
            checks.Add(item.Data);
        return checks;
    }
}

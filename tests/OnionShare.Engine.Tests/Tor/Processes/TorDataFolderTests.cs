using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

public sealed class TorDataFolderTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("onionshare-data").FullName;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void Engines_side_by_side_get_folders_of_their_own_and_a_free_one_is_taken_again()
    {
        using var first = TorDataFolder.Take(_state);
        var second = TorDataFolder.Take(_state);
        using var third = TorDataFolder.Take(_state);
        Assert.Equal(["tor", "tor-2", "tor-3"], new[] { first, second, third }.Select(f => Path.GetFileName(f.Path)));

        File.WriteAllText(second.File("state"), "guards");
        second.Dispose();
        using var again = TorDataFolder.Take(_state);
        Assert.Equal("tor-2", Path.GetFileName(again.Path));
        Assert.Equal("guards", File.ReadAllText(again.File("state")));
    }

    [Fact]
    public void The_folder_is_the_users_alone_even_if_it_was_not()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: unix modes");
        Directory.CreateDirectory(Path.Combine(_state, "tor"));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(_state, "tor"), (UnixFileMode)Convert.ToInt32("755", 8));
            using var folder = TorDataFolder.Take(_state);
            Assert.Equal((UnixFileMode)Convert.ToInt32("700", 8), File.GetUnixFileMode(folder.Path));
            Assert.Equal((UnixFileMode)Convert.ToInt32("600", 8), File.GetUnixFileMode(folder.File("engine.lock")));
        }
    }

    [Fact]
    public void A_state_folder_that_is_a_file_is_told_with_its_name()
    {
        var file = Path.Combine(_state, "file");
        File.WriteAllText(file, "");
        var error = Assert.Throws<ProblemException>(() => TorDataFolder.Take(file));
        Assert.Equal(ProblemCodes.TorNotStarted, error.Problem.Code);
        Assert.Equal(file, error.Problem.Target);
        Assert.Contains("ONIONSHARE_HOME", error.Problem.Advice);
    }

    [Theory]
    [InlineData("/plain", "\"/plain\"")]
    [InlineData("C:\\Users\\a b", "\"C:\\\\Users\\\\a b\"")]
    [InlineData("/a\"b#c", "\"/a\\\"b#c\"")]
    [InlineData("/ünï/🧅", "\"/ünï/🧅\"")]
    [InlineData("/a\nSocksPort 1", "\"/a\\x0aSocksPort 1\"")]
    public void A_path_stays_one_value_in_a_torrc(string path, string quoted) => Assert.Equal(quoted, TorrcText.Quote(path));

    [Theory(Timeout = 120_000)]
    [InlineData("my [lines] \\d \"ü\"#.torrc")]
    [InlineData("my [lines]*?.torrc")]
    public async Task A_real_tor_understands_strange_paths_and_includes_only_the_file_named(string name)
    {
        var tor = Requires.Tor().Tor;
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: names Windows does not allow");
        var strange = Directory.CreateDirectory(Path.Combine(_state, "a \"b\" [c] *ü#\\d")).FullName;
        var include = Path.Combine(_state, name);
        File.WriteAllText(include, "Nickname included\n");
        File.WriteAllText(Path.Combine(_state, "my l!!.torrc"), "NoSuchSetting 1\n");
        using var folder = TorDataFolder.Take(strange);
        File.WriteAllText(folder.File("torrc"), Torrc.Compose(folder.Path, include, [], Environment.ProcessId));
        var start = new ProcessStartInfo(tor, ["--defaults-torrc", folder.File("none"), "-f", folder.File("torrc"), "--dump-config", "short"]) { RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var dumped = await process.StandardOutput.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);

        Assert.Contains("Nickname included", dumped);
        Assert.Contains("DataDirectory ", dumped);
        Assert.Equal(0, process.ExitCode);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_ends_at_once_is_told_in_its_own_words_and_leaves_nothing_running()
    {
        var tor = Requires.Tor().Tor;
        var include = Path.Combine(_state, "lines");
        File.WriteAllText(include, "NoSuchSetting 1\n");
        await using var host = new TorHost(
            new TorOptions { ExecutablePath = tor, TorrcInclude = include, StateFolder = _state }, NullLogger<TorHost>.Instance);

        var error = await Assert.ThrowsAsync<ProblemException>(() => host.ConnectAsync(Cancel));

        Assert.Equal(ProblemCodes.TorNotStarted, error.Problem.Code);
        Assert.Contains("Unknown option 'NoSuchSetting'", error.Problem.Detail);
        Assert.Equal($"Look at the torrc lines in {include} first.", error.Problem.Advice);
        Assert.Equal(TorState.Failed, host.Status.State);
        Assert.Null(host.Status.ProcessId);
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Processes;

public sealed class TorExecutableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare-find").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact(Timeout = 120_000)]
    public async Task The_first_usual_place_with_a_tor_that_is_new_enough_is_taken()
    {
        var places = new TorPlaces(null, [Missing(), Program("text", "no program"), Program("old", Version("0.3.5.6")), Program("new", Version("0.4.9.11")), Program("newer", Version("0.5.0.1"))]);
        var tor = await TorExecutable.FindAsync(places, Cancel);
        Assert.Equal(Path.Combine(_folder, "new"), tor.Path);
        Assert.Equal(new Version(0, 4, 9, 11), tor.Version);
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_tor_the_ways_out_are_named()
    {
        var problem = await ProblemOf(new TorPlaces(null, [Missing()]));
        Assert.Equal("No tor was found on PATH or beside Tor Browser.", problem.Detail);
        Assert.Equal(
            "Fetch it with Install-OnionTor, install it (apt install tor, winget install TorProject.TorBrowser, brew install tor), set the path of a tor program, or use -LocalOnly.",
            problem.Advice);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_tor_that_is_too_old_is_told_with_its_version()
    {
        var program = Program("old", Version("0.3.5.6"));
        var problem = await ProblemOf(new TorPlaces(null, [program]));
        Assert.Equal($"The tor at {program} is version 0.3.5.6; version 0.3.5.7 or newer is needed.", problem.Detail);
        Assert.Equal(problem, await ProblemOf(new TorPlaces(program, [])));
    }

    [Fact(Timeout = 120_000)]
    public async Task A_named_program_is_taken_or_nothing()
    {
        var good = Program("good", Version("0.4.9.11"));
        Assert.Equal(good, (await TorExecutable.FindAsync(new TorPlaces(good, []), Cancel)).Path);

        var missing = await ProblemOf(new TorPlaces(Missing(), [good]));
        Assert.Equal($"There is no tor program at {Missing()}.", missing.Detail);
        Assert.Equal(Missing(), missing.Target);

        var other = Program("other", "#!/bin/sh\necho hello\n");
        Assert.Equal($"{other} is not a tor program that can be run.", (await ProblemOf(new TorPlaces(other, [good]))).Detail);
    }

    [Theory]
    [InlineData("Tor version 0.4.9.11.\nThis build of Tor is covered by…", "0.4.9.11")]
    [InlineData("Tor version 0.4.9.0-alpha-dev (git-abc).", "0.4.9.0")]
    [InlineData("Jan 01 00:00:00.000 [warn] something\nTor version 0.3.5.7.", "0.3.5.7")]
    [InlineData("Tor version 99999999999999.1.1.1", null)]
    [InlineData("hello", null)]
    public void Versions_are_read_from_what_tor_prints(string printed, string? version) =>
        Assert.Equal(version, TorExecutable.ParseVersion(printed)?.ToString());

    [Fact]
    public void Relative_folders_of_PATH_are_left_out()
    {
        var path = string.Join(Path.PathSeparator, ".", "bin", "", _folder);
        Assert.Equal([Path.Combine(_folder, "tor")], TorPlaces.OnPath(path, "tor"));
        Assert.Empty(TorPlaces.OnPath(null, "tor"));
    }

    private static async Task<Problem> ProblemOf(TorPlaces places)
    {
        var error = await Assert.ThrowsAsync<ProblemException>(() => TorExecutable.FindAsync(places, Cancel));
        Assert.Equal(ProblemCodes.TorNotFound, error.Problem.Code);
        return error.Problem;
    }

    private static string Version(string version) => $"#!/bin/sh\necho 'Tor version {version}.'\n";

    private string Missing() => Path.Combine(_folder, "missing");

    private string Program(string name, string text)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "skipped: the stand-ins for tor are shell scripts");
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}

using Microsoft.Extensions.Logging.Abstractions;
using OnionShare.Contracts;
using OnionShare.Engine.Tor.Installation;
using OnionShare.Engine.Tor.Processes;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Installation;

/// <summary>The place of a tor that is being installed, after an engine that was killed in the middle.</summary>
public sealed class TorStagingTests : IDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("onionshare-staging-").FullName;

    private string Folder => new InstalledTor(_state).Folder;

    public void Dispose() => Directory.Delete(_state, recursive: true);

    [Fact]
    public void What_was_half_fetched_and_the_lock_of_the_killed_one_do_not_stand_in_the_way()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "new", "tor"));
        File.WriteAllText(Path.Combine(Folder, "new", "tor", "half"), "half a program");
        File.WriteAllText(Path.Combine(Folder, "install.lock"), "");

        using (var staging = TorStaging.Begin(Folder, NullLogger.Instance))
            Assert.Empty(Directory.EnumerateFileSystemEntries(staging.Path));

        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public void One_that_was_moved_but_not_taken_into_use_goes_with_the_next_installation_and_the_one_in_use_stays_until_then()
    {
        Install("15.0.1", inUse: null);
        var used = new InstalledTor(_state).Find()!;
        var orphan = Path.Combine(Folder, "15.0.2"); // killed before current.json was written
        Directory.CreateDirectory(orphan);
        File.WriteAllText(Path.Combine(orphan, "tor"), "not in use");
        Assert.Equal(used, new InstalledTor(_state).Find());

        var kept = Install("15.0.2", inUse: used.Path);

        Assert.Equal(Path.Combine(Folder, "15.0.2-2", "tor"), kept.Path);
        Assert.Equal(kept, new InstalledTor(_state).Find());
        Assert.True(File.Exists(used.Path));
        Assert.False(Directory.Exists(orphan));
    }

    [Fact]
    public void A_second_one_is_refused_while_the_first_is_under_way_and_takes_nothing_from_it()
    {
        using var first = TorStaging.Begin(Folder, NullLogger.Instance);
        File.WriteAllText(Path.Combine(first.Path, "tor"), "a program");

        var refused = Assert.Throws<ProblemException>(() => TorStaging.Begin(Folder, NullLogger.Instance)).Problem;

        Assert.Equal((ProblemCodes.InstallFailed, 409, "Another tor is being installed."), (refused.Code, refused.Status, refused.Detail));
        Assert.True(File.Exists(Path.Combine(first.Path, "tor")));
    }

    private TorInstallation Install(string version, string? inUse)
    {
        using var staging = TorStaging.Begin(Folder, NullLogger.Instance);
        var program = Path.Combine(staging.Path, "tor");
        File.WriteAllText(program, "a program");
        var installation = new TorInstallation { Version = version, Path = program, Source = "https://example.org/tor.tar.gz", Sha256 = new string('0', 64) };
        return staging.Keep(version, installation, [inUse]);
    }
}

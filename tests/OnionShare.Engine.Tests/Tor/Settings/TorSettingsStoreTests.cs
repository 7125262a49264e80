using OnionShare.Contracts;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Storage;
using OnionShare.Engine.Tor;
using OnionShare.Engine.Tor.Control;
using OnionShare.Engine.Tor.Processes;
using OnionShare.Engine.Tor.Settings;
using Xunit;

namespace OnionShare.Engine.Tests.Tor.Settings;

/// <summary>Tor's settings on the disk.</summary>
public sealed class TorSettingsStoreTests : IDisposable
{
    private static readonly TorSettings Settings = new()
    {
        Connection = TorConnectionType.ControlEndpoint,
        ControlEndpoint = "127.0.0.1:9051",
        ControlPassword = "very \"secret\"",
        Proxy = "https://user:hidden@proxy:3128",
        Torrc = ["NumCPUs 1"],
        ConnectTimeout = TimeSpan.FromSeconds(90),
    };

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("onionshare tor settings ").FullName, "state ünï");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    private TorSettingsStore Store => new(_folder, new StoreDisk());

    [Fact]
    public void They_are_found_again_whole_with_the_last_that_connected_beside_them()
    {
        var last = Settings with { ControlPassword = "another", Proxy = null };
        Store.Write(new TorSettingsRecord(Settings, last));
        var found = Store.Read();
        Assert.True(found.Settings.IsSame(Settings));
        Assert.True(found.LastConnected!.IsSame(last));
        Assert.Equal([StatePaths.TorSettingsFile(_folder)], Directory.EnumerateFileSystemEntries(_folder));
    }

    [Fact]
    public void Without_a_file_they_are_the_defaults_and_reading_leaves_none()
    {
        Assert.True(Store.Read().Settings.IsSame(new TorSettings()));
        Assert.Null(Store.Read().LastConnected);
        Assert.False(Directory.Exists(_folder));
    }

    [Fact]
    public void Only_the_user_can_read_them()
    {
        if (OperatingSystem.IsWindows())
        {
            Store.Write(new TorSettingsRecord(Settings, Settings));
            Assert.DoesNotContain("secret", File.ReadAllText(StatePaths.TorSettingsFile(_folder)), StringComparison.Ordinal);
            Assert.DoesNotContain("hidden", File.ReadAllText(StatePaths.TorSettingsFile(_folder)), StringComparison.Ordinal);
            return;
        }

        Directory.CreateDirectory(_folder);
        File.WriteAllText(StatePaths.TorSettingsFile(_folder) + ".new", "left by a power cut, for all to read");
        Store.Write(new TorSettingsRecord(Settings, null));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StatePaths.TorSettingsFile(_folder)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_folder));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"format":"onionshare-tor-settings","version":1}""")]
    [InlineData("""{"format":"onionshare-tor-settings","version":2,"settings":{}}""")]
    [InlineData("""{"format":"something-else","version":1,"settings":{}}""")]
    [InlineData("""{"format":"onionshare-tor-settings","version":1,"settings":{"bridgez":[]}}""")]
    [InlineData("""{"format":"onionshare-tor-settings","version":1,"settings":{"bridges":null}}""")]
    [InlineData("""{"format":"onionshare-tor-settings","version":1,"settings":{},"protected":"AAAA"}""")]
    public void A_damaged_file_is_a_problem_and_never_the_defaults(string content)
    {
        Directory.CreateDirectory(_folder);
        File.WriteAllText(StatePaths.TorSettingsFile(_folder), content);
        var settings = Store;
        var problem = Assert.Throws<ProblemException>(() => settings.Current).Problem;
        Assert.Equal((ProblemCodes.TorSettings, StatePaths.TorSettingsFile(_folder)), (problem.Code, problem.Target));
        Assert.StartsWith("Tor's settings can't be read from '", problem.Detail, StringComparison.Ordinal);
        Assert.Throws<ProblemException>(() => settings.Change(present => present));
        Assert.Equal(content, File.ReadAllText(StatePaths.TorSettingsFile(_folder)));

        // Once it is put right, or away, there is no need for another engine.
        File.Delete(StatePaths.TorSettingsFile(_folder));
        Assert.Equal(TorConnectionType.Automatic, settings.Current.Connection);
    }

    [Fact]
    public void Whenever_the_power_goes_there_are_the_old_ones_or_the_new_whole()
    {
        for (var step = 0; ; step++)
        {
            var disk = new PowerCutDisk();
            new TorSettingsStore("/state", disk).Write(new TorSettingsRecord(new TorSettings(), null));
            disk.CutBefore = disk.Steps + step;
            try
            {
                new TorSettingsStore("/state", disk).Write(new TorSettingsRecord(Settings, null));
                Assert.True(step > 5);
                return;
            }
            catch (PowerCutException)
            {
                foreach (var after in disk.After())
                {
                    var found = new TorSettingsStore("/state", after).Read().Settings;
                    Assert.True(found.IsSame(new TorSettings()) || found.IsSame(Settings));
                }
            }
        }
    }

    [Fact]
    public void A_change_that_throws_or_can_not_be_written_changes_nothing()
    {
        var settings = Store;
        settings.Change(_ => Settings);
        Assert.Throws<InvalidOperationException>(() => settings.Change(_ => throw new InvalidOperationException()));
        Assert.True(settings.Current.IsSame(Settings));

        // A folder in its place can't be replaced by a file, not even by root.
        File.Delete(StatePaths.TorSettingsFile(_folder));
        Directory.CreateDirectory(Path.Combine(StatePaths.TorSettingsFile(_folder), "x"));
        var problem = Assert.Throws<ProblemException>(() => settings.Change(_ => new TorSettings())).Problem;
        Assert.Equal(ProblemCodes.StateFolder, problem.Code);
        Assert.True(settings.Current.IsSame(Settings));
    }
}

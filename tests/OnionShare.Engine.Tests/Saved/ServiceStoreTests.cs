using OnionShare.Contracts;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Services;
using OnionShare.Engine.Storage;
using OnionShare.Engine.Tests.Storage;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>What is kept of saved services, and what is left of it when the power goes.</summary>
public sealed class ServiceStoreTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("onionshare store ").FullName, "state ünï");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void A_record_is_found_again_with_everything_in_it()
    {
        var store = new ServiceStore(_folder, new StoreDisk());
        var records = new[]
        {
            Record("share", new ShareRequest { Paths = ["/a", "/b ü"], KeepSharing = true, MaxDownloads = 3, RequireClientKey = true }),
            Record("../../etc/passwd", new ReceiveRequest { Path = "/inbox", MinFreeSpace = 5, WebhookUrl = "http://x/" }),
            Record("CON", new WebsiteRequest { Paths = ["/site"], NoContentSecurityPolicy = true }),
            Record(new string('ü', 100), new ChatRequest { StopAfter = TimeSpan.FromHours(3), GuessLimit = 7 }),
        };
        foreach (var record in records) store.Write(record);

        foreach (var record in records)
        {
            var found = new ServiceStore(_folder, new StoreDisk()).Find(record.Name.ToUpperInvariant());
            Assert.Equal(SavedDocument.Write(record, protect: false), SavedDocument.Write(found!, protect: false));
            Assert.Equal(record.Address, found!.Key()!.Address);
        }

        Assert.Equal(4, store.ReadAll().Count);
        Assert.Equal(4, Directory.EnumerateFiles(_folder, "*.json", SearchOption.AllDirectories).Count());
        Assert.Null(store.Find("another"));
    }

    [Fact]
    public void Only_the_user_can_read_what_is_kept()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("skipped: Windows has no file modes; run it on Linux or macOS");
            return;
        }

        new ServiceStore(_folder, new StoreDisk()).Write(Record("a"));
        var files = Directory.GetFiles(_folder, "*", SearchOption.AllDirectories);
        Assert.Single(files, file => file.EndsWith(".json", StringComparison.Ordinal));
        foreach (var file in files)
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(files[0])!));
    }

    [Fact]
    public void Whenever_the_power_goes_there_is_the_old_record_or_the_new_one_whole()
    {
        var (old, changed) = (Record("s"), Record("s"));
        var steps = StepsOf(disk => Store(disk).Write(changed), old);
        Assert.InRange(steps, 10, 30);
        var (sawOld, sawNew) = (0, 0);
        for (var cut = 0; cut < steps; cut++)
        {
            var disk = DiskWith(old, leftover: cut % 2 == 0);
            disk.CutBefore = disk.Steps + cut;
            Assert.Throws<PowerCutException>(() => Store(disk).Write(changed));
            foreach (var after in disk.After())
            {
                var found = Store(after).Find("s");
                Assert.NotNull(found);
                Assert.Contains(found.Address, new[] { old.Address, changed.Address });
                Assert.NotNull(found.Key());
                Assert.Equal("s", Assert.Single(Store(after).ReadAll()).Record?.Name);
                if (found.Address == old.Address) sawOld++;
                else sawNew++;
                Store(after).Clean();
                Assert.Single(after.Names(Path.Combine(_folder, "services")), name => !name.EndsWith(".up", StringComparison.Ordinal));
            }
        }

        Assert.True(sawOld > 0 && sawNew > 0, "the cuts were not where something happens");
    }

    [Fact]
    public void When_writing_has_returned_no_power_cut_undoes_it()
    {
        var (old, changed) = (Record("s"), Record("s"));
        var disk = DiskWith(old, leftover: false);
        Store(disk).Write(changed);
        Assert.All(disk.After(), after => Assert.Equal(changed.Address, Store(after).Find("s")?.Address));

        Assert.True(Store(disk).Delete("s"));
        Assert.All(disk.After(), after => Assert.Null(Store(after).Find("s")));
    }

    [Fact]
    public void The_first_record_is_there_whole_or_not_at_all()
    {
        var steps = StepsOf(disk => Store(disk).Write(Record("s")), null);
        for (var cut = 0; cut < steps; cut++)
        {
            var disk = new PowerCutDisk { CutBefore = cut };
            Assert.Throws<PowerCutException>(() => Store(disk).Write(Record("s")));
            Assert.All(disk.After(), after => Assert.All(Store(after).ReadAll(), one => Assert.NotNull(one.Record)));
        }
    }

    [Fact]
    public void The_model_of_the_disk_would_show_a_store_that_does_not_wait()
    {
        var old = Record("s");
        var disk = new PowerCutDisk { Lies = true };
        Store(disk).Write(old);
        Assert.Contains(disk.After(), after => Store(after).ReadAll().Any(one => one.Error is not null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"format\":\"onionshare-saved-service\"}")]
    [InlineData("{\"format\":\"onionshare-saved-service\",\"version\":2,\"name\":\"s\",\"savedAt\":\"2026-01-01T00:00:00Z\",\"request\":{\"mode\":\"chat\"},\"secrets\":{}}")]
    [InlineData("{\"format\":\"else\",\"version\":1,\"name\":\"s\",\"savedAt\":\"2026-01-01T00:00:00Z\",\"request\":{\"mode\":\"chat\"},\"secrets\":{}}")]
    [InlineData("{\"format\":\"onionshare-saved-service\",\"version\":1,\"name\":\"s\",\"savedAt\":\"2026-01-01T00:00:00Z\",\"request\":{\"mode\":\"dance\"},\"secrets\":{}}")]
    [InlineData("{\"format\":\"onionshare-saved-service\",\"version\":1,\"name\":\"s\",\"savedAt\":\"2026-01-01T00:00:00Z\",\"request\":{\"mode\":\"chat\"}}")]
    public void A_damaged_file_is_told_of_and_the_others_are_still_there(string text)
    {
        var store = new ServiceStore(_folder, new StoreDisk());
        store.Write(Record("good"));
        store.Write(Record("bad"));
        var bad = Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories).Single(file => File.ReadAllText(file).Contains("\"bad\"", StringComparison.Ordinal));
        File.WriteAllText(bad, text);

        var all = store.ReadAll();

        Assert.Equal("good", Assert.Single(all, one => one.Record is not null).Name);
        var broken = Assert.Single(all, one => one.Error is not null);
        Assert.Equal(ProblemCodes.SavedUnusable, broken.Error!.Code);
        Assert.Contains(bad, broken.Error.Detail, StringComparison.Ordinal);
        Assert.Equal(ProblemCodes.SavedUnusable, Assert.Throws<ProblemException>(() => store.Find("bad")).Problem.Code);
        Assert.True(store.Delete(broken.Name));
        Assert.Single(store.ReadAll());
    }

    [Fact]
    public void A_name_that_is_a_path_deletes_nothing()
    {
        var store = new ServiceStore(_folder, new StoreDisk());
        store.Write(Record("a"));
        var outside = Path.Combine(_folder, "outside.json");
        File.WriteAllText(outside, "{}");
        Assert.False(store.Delete("../outside.json"));
        Assert.False(store.Delete(outside));
        Assert.True(File.Exists(outside));
        Assert.Single(store.ReadAll());
    }

    [Fact]
    public void A_key_of_another_address_is_refused()
    {
        var record = Record("s") with { Address = Record("t").Address };
        Assert.Equal(ProblemCodes.SavedUnusable, Assert.Throws<ProblemException>(record.Key).Problem.Code);
    }

    [Fact]
    public void Secrets_do_not_show_in_the_records_text() =>
        Assert.DoesNotContain("a-b-c", Record("s").ToString(), StringComparison.Ordinal);

    internal static SavedRecord Record(string name, ServiceRequest? request = null)
    {
        using var key = OnionKey.Generate();
        return new SavedRecord
        {
            Name = name,
            SavedAt = DateTimeOffset.UnixEpoch,
            Address = key.Address,
            Request = request ?? new ChatRequest(),
            Clients = [new KnownClient("laptop", ClientKey.Generate().PublicKey)],
            ComesBack = new ComingBack(null, DateTimeOffset.UnixEpoch),
            Secrets = new SavedSecrets("a-b-c", key.ToControl()["ED25519-V3:".Length..]),
        };
    }

    private ServiceStore Store(PowerCutDisk disk) => new(_folder, disk);

    private PowerCutDisk DiskWith(SavedRecord record, bool leftover)
    {
        var disk = new PowerCutDisk();
        Store(disk).Write(record);
        if (!leftover) return disk;

        // As an earlier cut would have left it.
        var file = Path.Combine(_folder, "services", disk.Names(Path.Combine(_folder, "services")).Single(name => name.EndsWith(".json", StringComparison.Ordinal)));
        disk.Write(file + ".new", "{\"form"u8);
        return disk;
    }

    private int StepsOf(Action<PowerCutDisk> work, SavedRecord? old)
    {
        var disk = old is null ? new PowerCutDisk() : DiskWith(old, leftover: false);
        var before = disk.Steps;
        work(disk);
        return disk.Steps - before;
    }
}

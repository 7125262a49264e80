using OnionShare.Contracts;
using OnionShare.Engine.Saved;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tor.Keys;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>Records of services that a vault of the operator's keeps: handed out, taken in, changed, and never written here.</summary>
public sealed class VaultRecordTests : IDisposable
{
    private const string Vault = "Safe";

    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare vault ").FullName;
    private readonly string _shared;

    public VaultRecordTests()
    {
        _shared = Path.Combine(_folder, "hello.txt");
        File.WriteAllText(_shared, "hello");
    }

    private string State => Path.Combine(_folder, "state");

    private ShareRequest Share => new() { Paths = [_shared], KeepSharing = true, Name = "papers", Title = "Papers", GuessLimit = 3 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_service_is_restored_twenty_times_from_one_document_with_one_address_and_one_password_and_nothing_on_the_disk()
    {
        string? url, document;
        await using (var first = Work())
        {
            var service = await first.StartAsync(Share);
            (url, document) = (service.Status.Url, first.Records.Of(service).Document);
        }

        for (var i = 0; i < 20; i++)
        {
            await using var again = Work();
            var service = await RestoreAsync(again, document);
            Assert.Equal((url, "Papers", Vault, false), (service.Status.Url, service.Status.Title, service.Status.Vault, service.Status.Saved));
            Assert.Equal(3, service.Context.GuessLimit);
            await Workshop.StopAsync(service);
        }

        Assert.False(Directory.Exists(State));
    }

    [Fact]
    public async Task A_document_is_one_word_of_letters_digits_and_three_signs_whatever_the_service_is_called()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Name = "it's «kept» ☂", Password = "pass\"word here" });
        var record = work.Records.Of(service);
        Assert.Matches("^[A-Za-z0-9._-]+$", record.Document);
        Assert.Equal(("it's «kept» ☂", service.OnionAddress), (record.Service.Name, record.Service.Address));
        var read = RecordDocument.Read(record.Document);
        Assert.Equal(("it's «kept» ☂", "pass\"word here"), (read.Name, read.Secrets.Password));
    }

    [Fact]
    public async Task A_service_a_vault_keeps_is_not_on_the_disk_any_more_and_does_not_come_back_by_itself()
    {
        await using (var work = Work())
        {
            var service = await work.StartAsync(Share with { Save = true });
            var described = work.Records.Describe(new RecordRequest { Document = work.Records.Of(service).Document, Vault = Vault });
            Assert.Null(described.ServiceId);

            work.Records.Keep(service, new VaultRequest { Vault = Vault });

            Assert.Equal((Vault, false), (service.Status.Vault, service.Status.Saved));
            Assert.Empty(work.Saved.All);
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(State, "services")));
            described = work.Records.Describe(new RecordRequest { Document = work.Records.Of(service).Document, Vault = "SAFE" });
            Assert.Equal((service.Context.Id, false), (described.ServiceId, described.ComesBack));
        }

        await using var next = Work();
        await next.Restorer.Resume();
        Assert.Empty(next.Services.All);
    }

    [Fact]
    public async Task Saved_on_the_disk_again_it_is_no_vaults_any_more()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share);
        work.Records.Keep(service, new VaultRequest { Vault = Vault });
        work.Saved.LeaveTo(service, null);
        Assert.Equal((null, false), (service.Status.Vault, service.Status.Saved));
        work.Records.Keep(service, new VaultRequest { Vault = Vault });
        work.Saved.Save(service);
        Assert.Equal((null, true), (service.Status.Vault, service.Status.Saved));
        work.Saved.LeaveTo(service, null);
        Assert.True(service.Status.Saved);
    }

    [Fact]
    public async Task What_was_changed_is_in_the_updated_document_and_a_stop_time_of_this_run_only_if_that_was_what_was_changed()
    {
        await using var work = Work();
        var document = work.Records.Of(await work.StartAsync(Share with { RequireClientKey = true, StopAfter = TimeSpan.FromHours(5) })).Document;
        await Workshop.StopAsync(work.Services.All[0]);
        var restore = new RestoreRecordRequest { Document = document, Vault = Vault, How = new RestoreRequest { StopAfter = TimeSpan.FromMinutes(1) } };
        var service = await work.ReachedAsync((await work.Records.RestoreAsync(restore, Cancel)).Service);
        await work.Changes.ChangeAsync(service, new ServiceChange { Password = "new-one-here", Title = "Other" }, Cancel);
        await work.Changes.GrantAsync(service, new GrantRequest { Client = "laptop" }, Cancel);

        var changed = RecordDocument.Read(work.Records.Update(service, new UpdateRecordRequest { Document = document }).Document);

        Assert.Equal(("new-one-here", "Other", TimeSpan.FromHours(5)), (changed.Secrets.Password, changed.Request.Title, changed.Request.StopAfter));
        Assert.Equal("laptop", Assert.Single(changed.Clients).Name);
        changed = RecordDocument.Read(work.Records.Update(service, new UpdateRecordRequest { Document = document, StopTime = true }).Document);
        Assert.Equal(TimeSpan.FromMinutes(1), changed.Request.StopAfter);
    }

    [Fact]
    public async Task The_document_of_another_service_is_not_updated()
    {
        await using var work = Work();
        var (one, other) = (await work.StartAsync(Share), await work.StartAsync(Share with { Name = "other" }));
        var refused = Assert.Throws<ProblemException>(() =>
            work.Records.Update(one, new UpdateRecordRequest { Document = work.Records.Of(other).Document }));
        Assert.Equal((ProblemCodes.SavedUnusable, "papers"), (refused.Problem.Code, refused.Problem.Target));
    }

    [Fact]
    public async Task Clients_are_granted_and_revoked_in_a_document_whose_service_does_not_run()
    {
        await using var work = Work();
        var document = work.Records.Of(await work.StartAsync(Share with { RequireClientKey = true })).Document;
        await Workshop.StopAsync(work.Services.All[0]);

        var granted = work.Records.Grant(new GrantRecordRequest { Document = document, Vault = Vault, Grant = new GrantRequest { Client = "laptop" } });
        Assert.Equal(["laptop"], granted.Record.Service.Clients);
        Assert.Throws<ProblemException>(() =>
            work.Records.Grant(new GrantRecordRequest { Document = granted.Record.Document, Grant = new GrantRequest { Client = "LAPTOP" } }));
        await RestoreAsync(work, granted.Record.Document);
        Assert.Equal([granted.Access.PublicKey], work.Tor.Published[^1].ClientKeys);
        var revoked = work.Records.Revoke(new RevokeRecordRequest { Document = granted.Record.Document, Client = "laptop" });
        Assert.Empty(revoked.Service.Clients);
        Assert.Equal(
            ProblemCodes.ClientNotFound,
            Assert.Throws<ProblemException>(() => work.Records.Revoke(new RevokeRecordRequest { Document = document, Client = "laptop" })).Problem.Code);
    }

    [Fact]
    public async Task Every_flipped_and_every_missing_character_is_refused_and_starts_nothing()
    {
        await using var work = Work();
        var document = RecordDocument.Write(ServiceStoreTests.Record("s", Share));
        for (var i = 0; i < document.Length; i++)
        {
            foreach (var flipped in new[] { (char)(document[i] ^ 1), (char)(document[i] ^ 32) })
                Refused(work, document[..i] + flipped + document[(i + 1)..]);
        }

        for (var length = 0; length < document.Length; length++) Refused(work, document[..length]);
        Refused(work, document + "A");
        Refused(work, " " + document);
        Refused(work, document + "\n");
        Assert.Equal("s", work.Records.Describe(new RecordRequest { Document = document }).Name);
        Assert.Empty(work.Services.All);
    }

    [Theory]
    [InlineData("", "it is no saved service")]
    [InlineData("a password of somebody's", "it is no saved service")]
    [InlineData("{\"format\":\"onionshare-saved-service\",\"version\":1}", "it is no saved service")]
    [InlineData("onionshare-record", "it is no saved service")]
    [InlineData("onionshare-record.1.AAAA", "it is damaged")]
    public async Task What_is_no_record_is_refused_with_the_reason(string document, string reason)
    {
        await using var work = Work();
        Assert.Equal($"The record can't be used: {reason}.", Refused(work, document).Detail);
    }

    [Fact]
    public async Task One_that_is_too_large_and_one_of_a_later_version_are_refused()
    {
        await using var work = Work();
        Assert.Equal("The record can't be used: it is too large.", Refused(work, new string('A', ServiceRecord.MostCharacters + 1)).Detail);
        var good = RecordDocument.Write(ServiceStoreTests.Record("s"));
        var later = good[..good.LastIndexOf('.')].Replace(".1.", ".2.", StringComparison.Ordinal);
        var digest = System.Buffers.Text.Base64Url.EncodeToString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(later)));
        Assert.Equal("The record can't be used: it is of another version than the 1 this engine knows.", Refused(work, $"{later}.{digest}").Detail);
    }

    [Fact]
    public async Task A_whole_record_is_checked_as_an_import_is()
    {
        await using var work = Work();
        var good = ServiceStoreTests.Record("s", Share with { Name = null });
        using var other = OnionKey.Generate();
        Assert.Empty(work.Services.All);
        foreach (var bad in new[]
                 {
                     good with { Address = other.Address },
                     good with { Secrets = good.Secrets with { Key = null } },
                     good with { Secrets = good.Secrets with { Password = "" } },
                     good with { Name = "a\u001b[2Jb" },
                     good with { Name = " " },
                     good with { Request = Share with { Public = true } },
                     good with { Request = Share with { GuessLimit = -1 } },
                     good with { Request = Share with { StopAfter = TimeSpan.FromSeconds(-1) } },
                     good with { Clients = [good.Clients[0], good.Clients[0]] },
                     good with { Clients = [new KnownClient("a\u202Eb", good.Clients[0].PublicKey)] },
                     good with { Clients = [new KnownClient("a", "no key")] },
                     good with { Clients = [null!] },
                     good with { Clients = [.. Enumerable.Range(0, KnownClient.Most + 1).Select(i => good.Clients[0] with { Name = $"{i}" })] },
                 })
        {
            Refused(work, RecordDocument.Write(bad));
        }

        Assert.Equal("s", work.Records.Describe(new RecordRequest { Document = RecordDocument.Write(good) }).Name);
    }

    [Fact]
    public async Task An_export_of_a_document_is_an_import_again_and_an_import_for_a_vault_saves_nothing()
    {
        await using var work = Work();
        var document = RecordDocument.Write(ServiceStoreTests.Record("s", Share with { Name = null }));
        var file = Path.Combine(_folder, "s.onionservice");
        var exported = work.Records.Export(new ExportRecordRequest
        {
            Document = document,
            Vault = Vault,
            Export = new ExportRequest { Path = file, NoEncryption = true },
        });
        Assert.Equal(("s", Vault), (exported.Name, exported.Vault));

        var imported = work.Records.Import(new ImportRequest { Path = file, Name = "t" });

        Assert.Equal(("t", exported.Address), (imported.Service.Name, imported.Service.Address));
        Assert.Equal(RecordDocument.Read(document).Secrets, RecordDocument.Read(imported.Document).Secrets);
        Assert.Empty(work.Saved.All);
    }

    [Fact]
    public async Task A_service_that_has_ended_has_no_record_and_no_vault()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share);
        await Workshop.StopAsync(service);
        Assert.Equal(ProblemCodes.ServiceEnded, Assert.Throws<ProblemException>(() => work.Records.Of(service)).Problem.Code);
        Assert.Equal(
            ProblemCodes.ServiceEnded,
            Assert.Throws<ProblemException>(() => work.Records.Keep(service, new VaultRequest { Vault = Vault })).Problem.Code);
        var other = await work.StartAsync(Share);
        Assert.Throws<ProblemException>(() => work.Records.Keep(other, new VaultRequest { Vault = " " }));
        Assert.Null(other.Status.Vault);
    }

    private async Task<Service> RestoreAsync(Workshop work, string document) => await work.ReachedAsync((await work.Records.RestoreAsync(
        new RestoreRecordRequest { Document = document, Vault = Vault, How = new RestoreRequest() }, Cancel)).Service);

    private Problem Refused(Workshop work, string document)
    {
        var described = Assert.Throws<ProblemException>(() => work.Records.Describe(new RecordRequest { Document = document })).Problem;
        // Refused before anything of it is awaited.
        var restored = Assert.Throws<ProblemException>(() =>
        {
            _ = work.Records.RestoreAsync(new RestoreRecordRequest { Document = document, Vault = Vault, How = new RestoreRequest() }, Cancel);
        }).Problem;
        Assert.Equal(described, restored);
        Assert.NotNull(described.Advice);
        Assert.Empty(work.Services.All);
        return described;
    }

    private Workshop Work() => new(State);
}

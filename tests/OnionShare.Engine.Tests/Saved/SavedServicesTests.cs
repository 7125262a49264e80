using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using OnionShare.Engine.Tests.Integration;
using OnionShare.Engine.Tests.Modes.Receive;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>Services that are saved, restored, brought back and forgotten.</summary>
public sealed class SavedServicesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare saved ").FullName;
    private readonly string _shared;

    public SavedServicesTests()
    {
        _shared = Path.Combine(_folder, "hello.txt");
        File.WriteAllText(_shared, "hello");
    }

    private ShareRequest Share => new() { Paths = [_shared], KeepSharing = true, Name = "papers" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_saved_service_is_restored_twenty_times_with_one_address_and_one_password()
    {
        string? url;
        await using (var first = Work())
            url = (await first.StartAsync(Share with { Save = true })).Status.Url;

        for (var i = 0; i < 20; i++)
        {
            await using var again = Work();
            var service = await again.RestoreAsync("PAPERS");
            Assert.Equal(url, service.Status.Url);
            Assert.True(service.Status.Saved);
            await Workshop.StopAsync(service);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task An_inbox_that_encrypts_does_not_come_back_with_another_key_in_its_file_unless_it_is_named()
    {
        await using var gpg = new GnuPg();
        var (alice, mallory) = (await gpg.KeyWithSubkeyAsync("alice"), await gpg.KeyWithSubkeyAsync("mallory"));
        var (file, fingerprint) = (Path.Combine(_folder, "key.asc"), await gpg.FingerprintAsync("mallory"));
        File.Copy(alice, file);
        var inbox = new ReceiveRequest { Path = Path.Combine(_folder, "inbox"), EncryptTo = [file], MinFreeSpace = 0, Name = "inbox", Save = true };
        await using (var first = Work()) await first.StartAsync(inbox);
        await using (var again = Work()) await Workshop.StopAsync(await again.RestoreAsync("inbox"));
        File.Copy(mallory, file, overwrite: true);
        await using (var exchanged = Work())
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() => exchanged.RestoreAsync("inbox"));
            Assert.Contains(fingerprint, refused.Message, StringComparison.Ordinal);
            await Workshop.StopAsync(await exchanged.RestoreAsync("inbox", new RestoreRequest { EncryptTo = [file] }));
        }

        await using var last = Work();
        Assert.Equal([fingerprint], Assert.IsType<ReceiveRequest>((await last.RestoreAsync("inbox")).Settings).EncryptToKeys);
    }

    [Fact]
    public async Task One_that_was_saved_while_it_ran_is_the_same_when_restored()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Title = "Papers", GuessLimit = 3 });
        Assert.Empty(work.Saved.All);
        Assert.False(service.Status.Saved);

        var saved = work.Saved.Save(service);

        Assert.Equal((service.Status.Address, "papers", "Papers", service.Context.Id), (saved.Address, saved.Name, saved.Title, saved.ServiceId));
        Assert.True(service.Status.Saved);
        var url = service.Status.Url;
        await Workshop.StopAsync(service);
        var again = await work.RestoreAsync("papers");
        Assert.Equal((url, "Papers", 3), (again.Status.Url, again.Status.Title, again.Context.GuessLimit));
    }

    [Fact]
    public async Task What_ran_detached_when_the_engine_went_down_comes_back_and_what_was_stopped_does_not()
    {
        string? url;
        await using (var work = Work())
        {
            url = (await work.StartAsync(Share with { Save = true })).Status.Url;
            await Workshop.StopAsync(await work.StartAsync(Share with { Save = true, Name = "stopped" }));
            await work.StartAsync(Share with { Save = true, Name = "owned", Owner = OwnerProcess.Current() });
            await work.StartAsync(Share with { Name = "not saved" });
        }

        await using var next = Work();
        await next.Restorer.Resume();

        var back = Assert.Single(next.Services.All);
        await next.ReachedAsync(back);
        Assert.Equal(("papers", url, true), (back.Status.Name, back.Status.Url, back.Status.Detached));
        Assert.Equal(["owned", "papers", "stopped"], next.Saved.All.Select(saved => saved.Name));
        Assert.Equal([false, true, false], next.Saved.All.Select(saved => saved.ComesBack));
    }

    [Fact]
    public async Task A_service_that_was_asked_to_stop_does_not_come_back_even_if_the_engine_is_killed_while_it_drains()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Save = true });
        using var transfer = service.Context.Transfers.Begin(TransferDirection.Download, "slow", 10);
        service.Stop(StopReason.Requested);
        await work.UntilAsync(service, status => status.State == ServiceState.Draining);

        await using var next = Work();
        await next.Restorer.Resume();
        Assert.Empty(next.Services.All);
    }

    [Fact]
    public async Task A_length_of_time_goes_on_where_it_was_when_the_service_comes_back()
    {
        DateTimeOffset? stopsAt;
        await using (var work = Work())
            stopsAt = (await work.StartAsync(Share with { Save = true, StopAfter = TimeSpan.FromHours(2) })).Status.StopsAt;

        await using var next = Work();
        await next.Restorer.Resume();
        var back = await next.ReachedAsync(next.Services.All[0]);
        Assert.Equal(stopsAt, back.Status.StopsAt);

        // Restored by hand it runs for the whole time again.
        await Workshop.StopAsync(back);
        var again = await next.RestoreAsync("papers");
        Assert.True(again.Status.StopsAt > stopsAt);
    }

    [Fact]
    public async Task One_whose_stop_time_came_while_the_engine_was_down_does_not_come_back()
    {
        var clock = new ManualTime();
        await using (var work = new Workshop(_folder, clock))
            await work.StartAsync(Share with { Save = true, StopAt = clock.GetUtcNow() + TimeSpan.FromHours(1) });
        clock.Advance(TimeSpan.FromHours(2));

        await using var next = new Workshop(_folder, clock);
        await next.Restorer.Resume();

        Assert.Empty(next.Services.All);
        Assert.False(next.Saved.Get("papers").ComesBack);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => next.Restorer.RestoreAsync("papers", new RestoreRequest(), Cancel));
        Assert.Equal("The stop time that was saved with 'papers' has passed.", refused.Problem.Detail);
        await next.RestoreAsync("papers", new RestoreRequest { NoStopTime = true });
    }

    [Fact]
    public async Task One_that_cannot_come_back_says_why_and_tries_again_next_time()
    {
        await using (var work = Work()) await work.StartAsync(Share with { Save = true });
        File.Move(_shared, _shared + ".away");

        await using (var next = Work())
        {
            await next.Restorer.Resume();
            Assert.Empty(next.Services.All);
            Assert.Equal(ProblemCodes.PathNotFound, next.Saved.Get("papers").Error?.Code);
        }

        File.Move(_shared + ".away", _shared);
        await using var last = Work();
        await last.Restorer.Resume();
        Assert.Single(last.Services.All);
    }

    [Fact]
    public async Task A_forgotten_service_runs_on_and_cannot_be_restored()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Save = true });

        work.Saved.Remove("papers");

        Assert.False(service.Status.Saved);
        Assert.Equal(ServiceState.Running, service.Status.State);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "services")));
        await Workshop.StopAsync(service);
        var missing = await Assert.ThrowsAsync<ProblemException>(() => work.Restorer.RestoreAsync("papers", new RestoreRequest(), Cancel));
        Assert.Equal((ProblemCodes.SavedNotFound, 404), (missing.Problem.Code, missing.Problem.Status));
        Assert.Equal(ProblemCodes.SavedNotFound, Assert.Throws<ProblemException>(() => work.Saved.Remove("papers")).Problem.Code);
    }

    [Fact]
    public async Task A_second_service_of_a_saved_name_is_refused_and_nothing_is_lost()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Save = true });
        await Workshop.StopAsync(service);

        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Saved.StartAsync(Share with { Save = true, Name = "Papers" }, Cancel));
        Assert.Equal(ProblemCodes.SavedNameInUse, refused.Problem.Code);
        var other = await work.StartAsync(Share);
        Assert.Equal(ProblemCodes.SavedNameInUse, Assert.Throws<ProblemException>(() => work.Saved.Save(other)).Problem.Code);
        Assert.Equal(service.Status.Address, work.Saved.Get("papers").Address);
        Assert.Equal(ProblemCodes.NameInUse, (await Assert.ThrowsAsync<ProblemException>(() => work.RestoreAsync("papers"))).Problem.Code);
    }

    [Fact]
    public async Task What_cannot_be_saved_is_not_started_either()
    {
        Directory.CreateDirectory(_folder);
        await File.WriteAllTextAsync(Path.Combine(_folder, "services"), "a file where the folder should be", Cancel);
        await using var work = Work();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Saved.StartAsync(Share with { Save = true }, Cancel));
        Assert.Contains(refused.Problem.Code, new[] { ProblemCodes.SavedUnusable, ProblemCodes.StateFolder });
        Assert.Empty(work.Services.Alive);
    }

    [Fact]
    public async Task Changes_of_a_running_service_hold_at_once_and_are_kept()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Save = true, LocalOnly = true });
        var old = service.Status.Password!;
        Assert.Equal(HttpStatusCode.OK, await VisitAsync(service, old));

        await work.Changes.ChangeAsync(
            service, new ServiceChange { Password = "new-one-here", Title = "Other", GuessLimit = 2, StopAfter = TimeSpan.FromHours(1) }, Cancel);

        Assert.Equal(HttpStatusCode.Unauthorized, await VisitAsync(service, old));
        Assert.Equal(HttpStatusCode.OK, await VisitAsync(service, "new-one-here"));
        Assert.Contains(":new-one-here@", service.Status.Url, StringComparison.Ordinal);
        Assert.Equal("Other", service.Status.Title);
        Assert.NotNull(service.Status.StopsAt);
        await Workshop.StopAsync(service);
        var again = await work.RestoreAsync("papers");
        Assert.Equal(("new-one-here", "Other", 2), (again.Status.Password, again.Status.Title, again.Context.GuessLimit));
        Assert.NotNull(again.Status.StopsAt);
    }

    // Row W15.
    [Fact]
    public async Task One_that_was_stopped_while_the_disk_was_full_stays_down()
    {
        var disk = new FailingDisk();
        await using var work = new Workshop(_folder, disk: disk);
        var service = await work.StartAsync(Share with { Save = true });
        disk.IsFull = true;
        await Workshop.StopAsync(service);
        Assert.Empty(service.Status.Warnings);

        await using var next = Work();
        Assert.False(next.Saved.Get("papers").ComesBack);
        await next.Restorer.Resume();
        Assert.Empty(next.Services.All);
    }

    // Row W15.
    [Fact]
    public async Task When_it_can_not_even_be_noted_that_one_was_stopped_that_is_said()
    {
        var disk = new FailingDisk();
        await using var work = new Workshop(_folder, disk: disk);
        var service = await work.StartAsync(Share with { Save = true });
        disk.IsReadOnly = true;
        await Workshop.StopAsync(service);
        Assert.Contains("starts again with the next engine", Assert.Single(service.Status.Warnings), StringComparison.Ordinal);
    }

    // Row W19.
    [Fact]
    public async Task A_change_that_can_not_be_kept_is_not_made()
    {
        var disk = new FailingDisk();
        await using var work = new Workshop(_folder, disk: disk);
        var service = await work.StartAsync(Share with { Save = true, LocalOnly = true });
        var (before, old) = (service.Status, service.Status.Password!);
        disk.IsFull = true;

        var change = new ServiceChange { Password = "new-one-here", Title = "Other", GuessLimit = 2, StopAfter = TimeSpan.FromHours(1) };
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Changes.ChangeAsync(service, change, Cancel));

        Assert.Equal(ProblemCodes.SavedUnusable, refused.Problem.Code);
        Assert.Equal((old, before.Title, before.Url, null), (service.Status.Password, service.Status.Title, service.Status.Url, service.Status.StopsAt));
        Assert.Equal((20, HttpStatusCode.OK), (service.Context.GuessLimit, await VisitAsync(service, old)));
        Assert.Equal(HttpStatusCode.Unauthorized, await VisitAsync(service, "new-one-here"));
    }

    // Row W12.
    [Fact]
    public async Task Restoring_twice_is_restoring_once_also_while_the_engine_brings_it_back()
    {
        await using (var work = Work()) await work.StartAsync(Share with { Save = true });
        await using var next = Work();
        var resumed = next.Restorer.Resume();
        Assert.Equal(["papers"], next.Restorer.ComingBackNames);

        var restored = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => next.Restorer.RestoreAsync("Papers", new RestoreRequest(), Cancel)));

        await resumed;
        var only = Assert.Single(next.Services.All);
        Assert.All(restored, one => Assert.Same(only, one.Service));
        Assert.All(restored, one => Assert.True(one.RanAlready));
        var refused = await Assert.ThrowsAsync<ProblemException>(
            () => next.Restorer.RestoreAsync("papers", new RestoreRequest { StopAfter = TimeSpan.FromHours(1) }, Cancel));
        Assert.Equal("'papers' runs already; its times were not changed.", refused.Problem.Detail);
    }

    // Row C7: no client keeps such a segment of a path, encoded or not, so nobody could remove what is called so.
    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task A_name_that_no_route_leads_to_is_refused(string name)
    {
        await using var work = Work();
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Saved.StartAsync(Share with { Name = name, Save = true }, Cancel));
        Assert.Equal($"The name '{name}' can't be used. Take 1 to 100 visible characters, other than '.' and '..'.", refused.Message);
        var service = await work.StartAsync(Share with { RequireClientKey = true });
        var client = await Assert.ThrowsAsync<ProblemException>(() => work.Changes.GrantAsync(service, new GrantRequest { Client = name }, Cancel));
        Assert.Equal(ProblemCodes.InvalidRequest, client.Problem.Code);
    }

    // Row W20.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_download_that_was_cut_by_a_restart_and_gone_on_with_is_a_whole_one(bool wasKilled)
    {
        await File.WriteAllBytesAsync(_shared, new byte[8_000_000], Cancel);
        var share = Share with { Save = true, LocalOnly = true, KeepSharing = false };
        await using (var work = Work())
        {
            var service = await work.StartAsync(share);
            using var visitor = new Visitor(service.Status.Url!);
            using var answer = await visitor.GetAsync("/download");
            await using var body = await answer.Content.ReadAsStreamAsync(Cancel);
            await body.ReadExactlyAsync(new byte[1000], Cancel);
            // A killed engine leaves what was written at the beginning of the transfer.
            var progress = Directory.EnumerateFiles(Path.Combine(_folder, "services"), "*.progress").Single();
            var begun = await File.ReadAllBytesAsync(progress, Cancel);
            await Workshop.StopAsync(service);
            if (wasKilled) await File.WriteAllBytesAsync(progress, begun, Cancel);
        }

        await using var next = Work();
        var again = await next.RestoreAsync("papers");
        using var same = new Visitor(again.Status.Url!);
        using var rest = await same.GetAsync("/download", ("Range", "bytes=1000-"));
        Assert.Equal(8_000_000 - 1000, (await rest.Content.ReadAsByteArrayAsync(Cancel)).Length);

        await again.Ended.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        Assert.Equal(StopReason.Downloaded, again.Status.StopReason);
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_folder, "services"), "*.progress"));
    }

    [Fact]
    public async Task A_lower_guess_limit_closes_the_gate_at_the_next_wrong_password()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { LocalOnly = true, GuessLimit = 0 });
        await VisitAsync(service, "wrong-1");
        await VisitAsync(service, "wrong-2");
        await work.Changes.ChangeAsync(service, new ServiceChange { GuessLimit = 1 }, Cancel);
        Assert.Equal(ServiceState.Running, service.Status.State);
        _ = VisitAsync(service, "wrong-3").ContinueWith(_ => { }, TaskScheduler.Default);
        await service.Ended.WaitAsync(Until.Limit, Cancel);
        Assert.Equal(StopReason.PasswordGuessing, service.Status.StopReason);
    }

    [Theory]
    [InlineData("{\"password\":\"\"}", "The password is empty.")]
    [InlineData("{\"guessLimit\":-1}", "The guess limit is negative.")]
    [InlineData("{\"stopAt\":\"2001-01-01T00:00:00Z\"}", "That stop time has passed, or is before the start.")]
    [InlineData("{\"stopAfter\":\"01:00:00\",\"noStopTime\":true}", "A stop time and no stop time can't be asked for together.")]
    public async Task A_bad_change_is_refused_and_changes_nothing(string json, string message)
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Save = true });
        var before = service.Status;
        var change = JsonSerializer.Deserialize(json, ContractsJson.Default.ServiceChange)!;
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Changes.ChangeAsync(service, change with { Title = "never" }, Cancel));
        Assert.Equal(message, refused.Problem.Detail);
        Assert.Equal((before.Title, before.Password, before.StopsAt), (service.Status.Title, service.Status.Password, service.Status.StopsAt));
    }

    [Fact]
    public async Task Clients_are_granted_and_revoked_and_stay_so()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share with { Save = true, RequireClientKey = true });
        Assert.Empty(work.Tor.Published[0].ClientKeys!);

        var laptop = await work.Changes.GrantAsync(service, new GrantRequest { Client = "laptop" }, Cancel);
        var phone = await work.Changes.GrantAsync(service, new GrantRequest { Client = "phone", PublicKey = laptop.PublicKey }, Cancel);

        Assert.Matches("^[A-Z2-7]{52}$", laptop.PrivateKey);
        Assert.Equal($"{service.Status.Address![..56]}:descriptor:x25519:{laptop.PrivateKey}", laptop.AuthPrivate);
        Assert.Matches("^x25519:[A-Za-z0-9+/]{43}=$", laptop.ClientKey);
        Assert.Null(phone.PrivateKey);
        Assert.Equal(["laptop", "phone"], service.Status.Clients);
        Assert.DoesNotContain(laptop.PrivateKey!, await File.ReadAllTextAsync(Directory.EnumerateFiles(Path.Combine(_folder, "services"), "*.json").Single(), Cancel), StringComparison.Ordinal);
        await Assert.ThrowsAsync<ProblemException>(() => work.Changes.GrantAsync(service, new GrantRequest { Client = "LAPTOP" }, Cancel));

        await work.Changes.RevokeAsync(service, "laptop", Cancel);

        Assert.Equal([false, false, true], work.Tor.ClientChanges.Select(change => change.Cut));
        Assert.Equal([phone.PublicKey], work.Tor.ClientChanges[^1].Keys);
        var missing = await Assert.ThrowsAsync<ProblemException>(() => work.Changes.RevokeAsync(service, "laptop", Cancel));
        Assert.Equal(ProblemCodes.ClientNotFound, missing.Problem.Code);
        await Workshop.StopAsync(service);
        await work.Changes.GrantAsync("papers", new GrantRequest { Client = "desk" }, Cancel);
        await work.RestoreAsync("papers");
        Assert.Equal(2, work.Tor.Published[^1].ClientKeys!.Count);
        Assert.Equal(["phone", "desk"], work.Saved.Get("papers").Clients);
    }

    [Fact]
    public async Task A_key_for_a_service_that_asks_for_none_is_refused()
    {
        await using var work = Work();
        var service = await work.StartAsync(Share);
        var refused = await Assert.ThrowsAsync<ProblemException>(() => work.Changes.GrantAsync(service, new GrantRequest { Client = "x" }, Cancel));
        Assert.Equal("'papers' asks for no client keys: everybody reaches it.", refused.Problem.Detail);
        Assert.Empty(work.Tor.ClientChanges);
    }

    [Fact]
    public async Task A_share_stops_after_as_many_downloads_as_it_was_told()
    {
        await using var work = Work();
        var service = await work.StartAsync(new ShareRequest { Paths = [_shared], LocalOnly = true, MaxDownloads = 3 });
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ServiceState.Running, service.Status.State);
            Assert.Equal(HttpStatusCode.OK, await VisitAsync(service, service.Status.Password!, "/download"));
        }

        await service.Ended.WaitAsync(Until.Limit, Cancel);
        Assert.Equal((StopReason.Downloaded, 3), (service.Status.StopReason, service.Status.CompletedTransfers));
    }

    [Fact]
    public void A_request_that_does_not_name_a_guess_limit_has_the_default_one()
    {
        var request = JsonSerializer.Deserialize("{\"mode\":\"receive\",\"path\":\"/x\"}", ContractsJson.Default.ServiceRequest)!;
        Assert.Equal((20, ReceiveRequest.DefaultMinFreeSpace), (request.GuessLimit, ((ReceiveRequest)request).MinFreeSpace));
    }

    private static async Task<HttpStatusCode> VisitAsync(Service service, string password, string path = "/")
    {
        using var browser = new HttpClient { BaseAddress = new Uri($"http://{service.Status.Address}") };
        browser.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("onionshare:" + password)));
        using var answer = await browser.GetAsync(new Uri(path, UriKind.Relative), Cancel);
        return answer.StatusCode;
    }

    private Workshop Work() => new(_folder);
}

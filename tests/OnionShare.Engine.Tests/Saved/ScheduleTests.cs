using System.Net;
using System.Net.Http.Headers;
using System.Text;
using OnionShare.Contracts;
using OnionShare.Engine.Services;
using Xunit;

namespace OnionShare.Engine.Tests.Saved;

/// <summary>Services that start later and stop by themselves, with clocks that jump.</summary>
public sealed class ScheduleTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("onionshare schedule ").FullName;
    private readonly ManualTime _clock = new();
    private readonly string _shared;

    public ScheduleTests()
    {
        _shared = Path.Combine(_folder, "hello.txt");
        File.WriteAllText(_shared, "hello");
    }

    private ShareRequest Share => new() { Paths = [_shared], KeepSharing = true, Name = "papers" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_url_of_a_scheduled_service_is_known_at_once_and_holds_when_it_starts()
    {
        await using var work = new Workshop(_folder, _clock);
        var service = await work.Saved.StartAsync(Share with { StartAt = _clock.GetUtcNow() + TimeSpan.FromDays(3) }, Cancel);
        var url = service.Status.Url;
        Assert.Equal(ServiceState.Scheduled, service.Status.State);
        Assert.Matches("^http://onionshare:[a-z-]+@[a-z2-7]{55}d\\.onion$", url);
        Assert.Empty(work.Tor.Published);

        await AdvanceUntilAsync(service, TimeSpan.FromDays(3), status => status.State == ServiceState.Running, work);

        Assert.Equal(url, service.Status.Url);
        Assert.Single(work.Tor.Published);
    }

    [Fact]
    public async Task Stopped_before_its_time_it_never_starts()
    {
        await using var work = new Workshop(_folder, _clock);
        var service = await work.Saved.StartAsync(Share with { Save = true, StartAt = _clock.GetUtcNow() + TimeSpan.FromHours(1) }, Cancel);
        Assert.True(work.Saved.Get("papers").ComesBack);
        service.Stop(StopReason.Requested);
        await service.Ended.WaitAsync(Until.Limit, Cancel);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(work.Tor.Published);
        Assert.Equal((ServiceState.Stopped, StopReason.Requested), (service.Status.State, service.Status.StopReason));
        Assert.False(work.Saved.Get("papers").ComesBack);
    }

    [Fact]
    public async Task A_scheduled_service_survives_a_reboot_and_starts_at_once_when_its_time_has_passed_meanwhile()
    {
        string? url;
        await using (var work = new Workshop(_folder, _clock))
            url = (await work.Saved.StartAsync(Share with { Save = true, StartAt = _clock.GetUtcNow() + TimeSpan.FromHours(1) }, Cancel)).Status.Url;

        await using (var work = new Workshop(_folder, _clock))
        {
            await work.Restorer.Resume();
            var waiting = Assert.Single(work.Services.All);
            Assert.Equal((ServiceState.Scheduled, url), (waiting.Status.State, waiting.Status.Url));
        }

        _clock.Set(TimeSpan.FromHours(2));
        await using var last = new Workshop(_folder, _clock);
        await last.Restorer.Resume();
        var started = await last.ReachedAsync(last.Services.All[0]);
        Assert.Equal(url, started.Status.Url);
    }

    // Found by the model of a service's life.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_is_left_of_a_length_of_time_is_counted_on_by_the_next_engine_though_the_clock_is_set_back(int restarts)
    {
        await using (var work = new Workshop(_folder, _clock)) await work.StartAsync(Share with { Name = "papers", Save = true, StopAfter = TimeSpan.FromHours(3) });
        for (var engine = 1; engine < restarts; engine++)
        {
            await using var between = new Workshop(_folder, _clock);
            await between.Restorer.Resume();
            await between.ReachedAsync(between.Services.All[0]);
        }

        await using var last = new Workshop(_folder, _clock);
        await last.Restorer.Resume();
        var service = await last.ReachedAsync(last.Services.All[0]);
        _clock.Set(TimeSpan.FromHours(-2));
        _clock.Advance(TimeSpan.FromHours(3) - TimeSpan.FromSeconds(1));
        Assert.Equal(ServiceState.Running, service.Status.State);
        await AdvanceUntilAsync(service, TimeSpan.FromSeconds(2), status => status.State == ServiceState.Stopped, last);
        Assert.Equal(StopReason.TimeReached, service.Status.StopReason);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task One_whose_time_is_over_keeps_no_other_from_coming_back_where_the_disk_takes_nothing(bool isFull, bool isReadOnly)
    {
        await using (var work = new Workshop(_folder, _clock))
        {
            await work.StartAsync(Share with { Name = "over", Save = true, StopAfter = TimeSpan.FromHours(1) });
            await work.StartAsync(Share with { Name = "other", Save = true });
        }

        _clock.Set(TimeSpan.FromHours(2));
        await using var last = new Workshop(_folder, _clock, new FailingDisk { IsFull = isFull, IsReadOnly = isReadOnly });
        await last.Restorer.Resume();
        Assert.Equal("other", Assert.Single(last.Services.All).Context.Name);
        Assert.Equal(isReadOnly, last.Saved.Get("over").ComesBack);
    }

    // Europe/Berlin leaves out the hour from 2 to 3 on 29 March 2026; what was asked for in local time is one moment, before and after.
    [Fact]
    public async Task The_stop_time_holds_over_the_change_to_summer_time()
    {
        await using var work = new Workshop(_folder, _clock);
        var zone = _clock.LocalTimeZone;
        var local = new DateTime(2026, 3, 29, 12, 0, 0, DateTimeKind.Unspecified);
        var stopAt = new DateTimeOffset(local, zone.GetUtcOffset(local));
        Assert.Equal(TimeSpan.FromHours(22), stopAt - _clock.GetUtcNow());
        var service = await work.StartAsync(Share with { LocalOnly = true, StopAt = stopAt });

        _clock.Advance(TimeSpan.FromHours(22) - TimeSpan.FromSeconds(1));
        Assert.Equal(ServiceState.Running, service.Status.State);
        await AdvanceUntilAsync(service, TimeSpan.FromSeconds(2), status => status.State == ServiceState.Stopped, work);
        Assert.Equal(StopReason.TimeReached, service.Status.StopReason);
    }

    [Fact]
    public async Task A_stop_time_that_came_while_the_computer_slept_is_noticed_soon_after()
    {
        await using var work = new Workshop(_folder, _clock);
        var service = await work.StartAsync(Share with { LocalOnly = true, StopAfter = TimeSpan.FromHours(8) });
        _clock.Set(TimeSpan.FromHours(9));
        await AdvanceUntilAsync(service, TimeSpan.FromSeconds(31), status => status.State == ServiceState.Stopped, work);
    }

    [Fact]
    public async Task Setting_the_clock_back_does_not_make_a_service_run_longer_than_it_was_told()
    {
        await using var work = new Workshop(_folder, _clock);
        var service = await work.StartAsync(Share with { LocalOnly = true, StopAfter = TimeSpan.FromHours(1) });
        _clock.Set(-TimeSpan.FromDays(365));
        _clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(ServiceState.Running, service.Status.State);
        await AdvanceUntilAsync(service, TimeSpan.FromMinutes(2), status => status.State == ServiceState.Stopped, work);
    }

    [Fact]
    public async Task A_stop_time_that_is_moved_or_taken_away_holds()
    {
        await using var work = new Workshop(_folder, _clock);
        var service = await work.StartAsync(Share with { LocalOnly = true, StopAfter = TimeSpan.FromHours(1) });
        await work.Changes.ChangeAsync(service, new ServiceChange { StopAfter = TimeSpan.FromHours(3) }, Cancel);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal(ServiceState.Running, service.Status.State);
        await work.Changes.ChangeAsync(service, new ServiceChange { NoStopTime = true }, Cancel);
        Assert.Null(service.Status.StopsAt);
        _clock.Advance(TimeSpan.FromDays(10));
        Assert.Equal(ServiceState.Running, service.Status.State);
        await work.Changes.ChangeAsync(service, new ServiceChange { StopAt = _clock.GetUtcNow() + TimeSpan.FromMinutes(1) }, Cancel);
        await AdvanceUntilAsync(service, TimeSpan.FromMinutes(2), status => status.State == ServiceState.Stopped, work);
    }

    [Fact]
    public async Task When_the_stop_time_comes_a_transfer_under_way_finishes_and_new_visitors_are_told()
    {
        await using var work = new Workshop(_folder, _clock);
        var service = await work.StartAsync(Share with { LocalOnly = true, StopAfter = TimeSpan.FromHours(1) });
        var transfer = service.Context.Transfers.Begin(TransferDirection.Download, "slow", 10);
        await AdvanceUntilAsync(service, TimeSpan.FromHours(1), status => status.State == ServiceState.Draining, work);

        using var browser = new HttpClient { BaseAddress = new Uri($"http://{service.Status.Address}") };
        browser.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("onionshare:" + service.Status.Password)));
        using var page = await browser.GetAsync(new Uri("/download", UriKind.Relative), Cancel);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, page.StatusCode);
        Assert.Contains("about to stop", await page.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);

        Assert.Equal(ServiceState.Draining, service.Status.State);
        transfer.Complete();
        await service.Ended.WaitAsync(Until.Limit, Cancel);
        Assert.Equal((StopReason.TimeReached, 1), (service.Status.StopReason, service.Status.CompletedTransfers));
    }

    // What waits for the clock starts to wait at its own pace, so time is let pass in small steps beyond the moment until it has been noticed.
    private async Task AdvanceUntilAsync(Service service, TimeSpan by, Func<ServiceStatus, bool> condition, Workshop work)
    {
        _clock.Advance(by);
        var reached = work.UntilAsync(service, condition);
        while (!reached.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(reached, Task.Delay(20, Cancel));
        }

        await reached;
    }
}

using OnionShare.Contracts;
using OnionShare.Engine.Cli.Watching;
using Xunit;

namespace OnionShare.Engine.Tests.Cli;

/// <summary>What Watch-OnionService draws, and what of it is written to the terminal.</summary>
public sealed class WatchTests
{
    private const string Onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion";
    private const string Url = "http://onionshare:constrict-purity-lantern@" + Onion;

    private static readonly (int Width, int Height) Screen = (80, 24);

    private readonly ManualTime _time = new();
    private readonly WatchBoard _board;

    public WatchTests() => _board = new WatchBoard(_time);

    [Fact]
    public void A_frame_fills_the_screen_and_no_line_but_the_link_is_wider()
    {
        Snapshot(Service("1", "photos"), Service("2", "a name that is much longer than there is room for in a table"), Service("3", "отчёт 报告"));
        Take(Transfer(1, 10_000_000, 4_200_000));

        var lines = Draw();

        Assert.Equal(24, lines.Count);
        Assert.All(lines.Where(line => line != Url), line => Assert.InRange(Cells(line), 0, 80));
        Assert.Contains(lines, line => line.Contains("photos", StringComparison.Ordinal) && line.Contains("…3wid.onion", StringComparison.Ordinal) && line.Contains("Running", StringComparison.Ordinal));
    }

    [Fact]
    public void The_link_begins_in_the_first_column_and_is_not_broken()
    {
        Snapshot(Service("1", "photos"));

        var lines = Draw();

        var at = lines.ToList().IndexOf(Url);
        Assert.Equal(WatchView.Continued, lines[at + 1]);
        Assert.NotEqual(WatchView.Continued, lines[at + 2]);
    }

    [Fact]
    public void A_transfer_shows_its_bar_rate_and_time_left()
    {
        Snapshot(Service("1", "photos"));
        Take(Transfer(1, 10_240_000, 0));
        _time.Advance(TimeSpan.FromSeconds(2));
        Take(Transfer(1, 10_240_000, 1_024_000));
        _time.Advance(TimeSpan.FromSeconds(1));
        Take(Transfer(1, 10_240_000, 2_048_000));

        var line = Assert.Single(Draw(), one => one.StartsWith('↓'));
        Assert.Matches(@"^↓ photos +trip\.zip +━━─{10} +20 % +1000\.0 KiB/s +8 s left$", line);
    }

    [Fact]
    public void The_rate_is_none_in_the_first_second_and_never_that_of_the_burst_that_fills_the_buffers()
    {
        var rate = new TransferRate(_time);
        rate.Note(0);
        _time.Advance(TimeSpan.FromMilliseconds(100));
        rate.Note(50_000_000);
        Assert.Equal((null, ""), (rate.BytesPerSecond, EventWords.Speed(rate)));
        for (var tenth = 0; tenth < 10; tenth++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            rate.Note(50_000_000 + ((tenth + 1) * 100_000));
        }

        Assert.Equal(1_000_000, rate.BytesPerSecond!.Value, 1d);
        _time.Advance(TimeSpan.FromSeconds(60));
        Assert.InRange(rate.BytesPerSecond!.Value, 0, 10_000);
    }

    [Theory]
    [InlineData("[red]x[/]", "[red]x[/]")]
    [InlineData("a\u001b[31mb", @"a\u{1B}[31mb")]
    [InlineData("a\u202egpj.exe", @"a\u{202E}gpj.exe")]
    public void A_name_is_text_whatever_is_in_it(string name, string shown)
    {
        Snapshot(Service("1", name) with { Url = null });
        Take(Transfer(1, 100, 100, name));

        var drawn = string.Join('\n', Draw((200, 24)));

        Assert.Contains(shown, drawn, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', drawn);
        Assert.DoesNotContain('\u202e', drawn);
    }

    [Fact]
    public void The_chosen_one_of_many_services_is_always_to_be_seen()
    {
        Snapshot([.. Enumerable.Range(1, 60).Select(number => Service($"{number}", $"service {number}"))]);
        for (var step = 0; step < 100; step++)
        {
            Assert.Single(Draw(), line => line.StartsWith('▸'));
            _board.Choose(1);
        }

        Assert.Contains(Draw(), line => line.StartsWith("▸ service 60 ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_small_screen_has_room_for_services_transfers_and_how_to_quit()
    {
        var inbox = Service("2", "inbox") with { LocalOnly = true, Port = 17600 };
        Snapshot(Service("1", "photos"), inbox);
        Take(new ServiceChanged { Time = _time.GetUtcNow(), Service = inbox with { Port = null, State = ServiceState.Stopped, StopReason = StopReason.Requested } });
        Take(Transfer(1, 10_000_000, 4_200_000));
        for (var number = 1; number < 10; number++) Take(new ServiceWarned { Time = _time.GetUtcNow(), ServiceId = "1", ServiceName = "photos", Message = "Wrong password." });

        var lines = Draw((60, 16));

        Assert.Contains(lines, line => line.StartsWith("  inbox", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith('↓'));
        Assert.Contains("q quit", lines[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(Draw(), line => line.EndsWith(':'));
    }

    [Theory]
    [InlineData(20, 5)]
    [InlineData(33, 9)]
    [InlineData(300, 100)]
    public void Any_size_is_drawn(int width, int height)
    {
        Snapshot([.. Enumerable.Range(1, 5).Select(number => Service($"{number}", $"service {number}"))]);
        for (var number = 1; number < 30; number++) Take(Transfer(number, 100, 10));
        Assert.Equal(height, Draw((width, height)).Count);
        Assert.NotEmpty(new WatchView((width, height), hasColors: true).DrawCode(Url, ["████"]));
    }

    [Fact]
    public void What_was_over_before_is_not_shown_and_what_starts_or_ends_later_is()
    {
        Snapshot(Service("1", "old") with { State = ServiceState.Stopped }, Service("2", "photos"));
        Take(new ServiceChanged { Time = _time.GetUtcNow(), Service = Service("3", "later") });
        Take(new ServiceChanged { Time = _time.GetUtcNow(), Service = Service("2", "photos") with { State = ServiceState.Stopped, StopReason = StopReason.Downloaded } });

        Assert.Equal(["later", "photos"], _board.Now.Services.Select(one => one.Name));
        Assert.Equal(["'photos' is Running.", "'later' is Running.", "'photos' is Stopped (Downloaded)."], _board.Now.Happenings.Select(one => one.Text));
    }

    [Fact]
    public void Of_services_that_ended_the_latest_stay()
    {
        Snapshot(Service("0", "photos"));
        for (var number = 1; number <= 60; number++)
            Take(new ServiceChanged { Time = _time.GetUtcNow(), Service = Service($"{number}", $"over {number}") with { State = ServiceState.Stopped } });

        Assert.Equal(51, _board.Now.Services.Count);
        Assert.Equal(("photos", "over 11", "over 60"), (_board.Now.Services[0].Name, _board.Now.Services[1].Name, _board.Now.Services[^1].Name));
    }

    [Fact]
    public void An_engine_that_ends_takes_its_services_from_the_screen_and_the_next_is_shown()
    {
        Snapshot(Service("1", "photos"));
        _board.EngineGone();
        Assert.Contains(Draw(), line => line.StartsWith("No engine runs", StringComparison.Ordinal));
        Assert.Equal("The engine ended; its services are down.", _board.Now.Happenings[^1].Text);

        Snapshot(Service("9", "again"));
        Assert.Equal(["again"], _board.Now.Services.Select(one => one.Name));
    }

    [Fact]
    public void Only_what_changed_is_written()
    {
        var frames = new WatchFrames();
        var first = frames.Next(["one", "two", "three"], (10, 3));
        Assert.Contains("\e[2J", first, StringComparison.Ordinal);

        Assert.Equal("", frames.Next(["one", "two", "three"], (10, 3)));
        var second = frames.Next(["one", "2", "three"], (10, 3));
        Assert.Equal("\e[?2026h\e[2;1H\e[2K\e[2;1H2\e[0m\e[?2026l", second);
        Assert.Contains("three", frames.Next(["one", "2", "three"], (11, 3)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_over_two_rows_is_written_whole_when_one_of_them_changed()
    {
        var frames = new WatchFrames();
        frames.Next(["0123456789abc", WatchView.Continued, "x"], (10, 3));
        frames.Next(["0123456789abc", "something", "x"], (10, 3));

        Assert.Contains("\e[1;1H0123456789abc", frames.Next(["0123456789abc", WatchView.Continued, "x"], (10, 3)), StringComparison.Ordinal);
    }

    private static int Cells(string line) => line.EnumerateRunes().Sum(rune => rune.Value is >= 0x1100 and < 0xFF00 and not (>= 0x2000 and < 0x2E00) ? 2 : 1);

    private static ServiceStatus Service(string id, string name) => new()
    {
        Id = id,
        Name = name,
        Mode = ServiceMode.Share,
        State = ServiceState.Running,
        Title = "t",
        Url = Url,
        Address = Onion,
        CreatedAt = DateTimeOffset.UnixEpoch,
        StartedAt = DateTimeOffset.UnixEpoch,
    };

    private TransferChanged Transfer(long id, long total, long bytes, string name = "trip.zip") => new()
    {
        Time = _time.GetUtcNow(),
        Transfer = new Transfer
        {
            Id = id,
            ServiceId = "1",
            ServiceName = "photos",
            Direction = TransferDirection.Download,
            State = TransferState.Active,
            Name = name,
            TotalBytes = total,
            Bytes = bytes,
            StartedAt = _time.GetUtcNow(),
        },
    };

    private void Take(EngineEvent change) => _board.Take(change);

    private void Snapshot(params ServiceStatus[] services)
    {
        foreach (var service in services) Take(new ServiceChanged { Time = _time.GetUtcNow(), Service = service, IsSnapshot = true });
        Take(new SnapshotTold { Time = _time.GetUtcNow(), IsSnapshot = true });
    }

    private IReadOnlyList<string> Draw((int Width, int Height)? size = null) => new WatchView(size ?? Screen, hasColors: false).Draw(_board.Now, null, _time.GetUtcNow());
}

using OnionShare.Contracts;
using OnionShare.Engine.Control;
using Xunit;

namespace OnionShare.Engine.Tests.Objects;

public sealed class ServiceWordsTests
{
    private const string Onion = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion";

    private static readonly DateTimeOffset Today = new(DateTime.Today.AddHours(17));

    private static ServiceStatus Share(params string[] paths) => new()
    {
        Id = "0",
        Name = "s",
        Mode = ServiceMode.Share,
        State = ServiceState.Running,
        Title = "",
        CreatedAt = Today,
        Paths = paths,
        Files = 3,
        Bytes = 1_300_000,
        MostDownloads = 1,
        OwnerProcessId = Environment.ProcessId,
        Address = Onion,
    };

    [Fact]
    public void Content_counts_files_and_names_the_first()
    {
        Assert.Equal("3 files, 1.2 MiB: a.txt, b, c and 1 more", ServiceWords.Content(Share("/x/a.txt", "/x/b", "/y/c", "/z")));
        Assert.Equal("1 file, 1.2 MiB: a.txt", ServiceWords.Content(Share("/x/a.txt") with { Files = 1 }));
        Assert.Equal("uploads into /in\\u{1B}box", ServiceWords.Content(Share("/in\u001bbox") with { Mode = ServiceMode.Receive }));
    }

    [Fact]
    public void The_end_is_told_in_words()
    {
        Assert.Equal("after one complete download or when this session ends", ServiceWords.Ends(Share()));
        Assert.Equal("at 17:00 or when you stop it (Stop-OnionService)", ServiceWords.Ends(Share() with { MostDownloads = null, Detached = true, StopsAt = Today }));
        Assert.Equal(
            "after 3 complete downloads, on 2031-02-03 at 04:05 or when the session that started it ends (process 1)",
            ServiceWords.Ends(Share() with { MostDownloads = 3, OwnerProcessId = 1, StopsAt = new DateTimeOffset(new DateTime(2031, 2, 3, 4, 5, 0)) }));
        Assert.Equal(
            "ended at 17:00: everything was downloaded",
            ServiceWords.Ends(Share() with { State = ServiceState.Stopped, EndedAt = Today, StopReason = StopReason.Downloaded }));
    }

    [Fact]
    public void The_table_has_an_age_or_an_end_of_ten_characters_at_most()
    {
        var now = Today.AddHours(1);
        Assert.Equal("1 h", ServiceWords.Age(Share() with { StartedAt = Today }, now));
        Assert.Equal("12 min", ServiceWords.Age(Share() with { StartedAt = now.AddMinutes(-12.5) }, now));
        Assert.Equal("till 17:00", ServiceWords.Age(Share() with { StopsAt = Today }, now));
        Assert.Equal("from 17:00", ServiceWords.Age(Share() with { State = ServiceState.Scheduled, StartsAt = Today }, now));
        Assert.Equal("end 17:00", ServiceWords.Age(Share() with { State = ServiceState.Stopped, EndedAt = Today }, now));
    }

    [Fact]
    public void The_short_address_is_the_end_of_an_onion_address_and_the_whole_of_a_local_one()
    {
        Assert.Equal("…3wid.onion", ServiceWords.ShortAddress(Share()));
        Assert.Equal("127.0.0.1:17600", ServiceWords.ShortAddress(Share() with { Address = "127.0.0.1:17600" }));
        Assert.Equal("", ServiceWords.ShortAddress(Share() with { Address = null }));
    }

    [Theory]
    [InlineData("constrict-purity-lantern")]
    [InlineData("correct-horse-battery-staple-and-4-more-123")]
    public void The_code_of_an_onion_link_fits_a_terminal_of_80_by_24_with_the_link_and_the_prompt_below(string password)
    {
        var url = $"http://onionshare:{password}@{Onion}";
        var lines = QrCode.Lines(url);
        Assert.All(lines, line => Assert.True(line.Length <= 80));
        Assert.True(lines.Count + Math.Ceiling(url.Length / 80.0) + 1 <= 24, $"{lines.Count} lines");
    }

    [Theory]
    [InlineData($"http://onionshare:Pass%20.onion@{Onion}", $"http://onionshare:Pass%20.onion@", true)]
    [InlineData($"http://{Onion}", "http://", true)]
    [InlineData("http://onionshare:a.b@127.0.0.1:17600", "", false)]
    [InlineData("2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen5", "", false)]
    public void A_code_says_the_address_in_capitals_and_leaves_all_else_as_it_is(string text, string before, bool isOnion) =>
        Assert.Equal(isOnion ? before + Onion.ToUpperInvariant() : text, QrCode.Dense(text));
}
